local function additions(count)
  local total = 0
  for i = 0, count - 1 do total = total + i end
  return total
end

local start = os.clock()
local result = additions(5000000)
print(os.clock() - start, result)
