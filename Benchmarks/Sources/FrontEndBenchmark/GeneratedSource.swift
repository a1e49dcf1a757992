/// The same program, about orders of many regions, in three languages.
///
/// Each region is three functions with what such code is made of: loops, conditions, records, lambdas, a choice, a caught
/// error. The texts are made so long that each has the wanted size, because the languages do not need the same letters.
struct GeneratedSource {
  /// How many regions are written at a time; the size is looked at in between.
  private static let regionsAtOnce = 50

  let symbi: String
  let python: String
  let lua: String

  init(byteCount: Int) {
    symbi = Self.text(byteCount, Self.symbiRegion) + "agent main(input) { summarize_0(input) }\n"
    python = Self.text(byteCount, Self.pythonRegion)
    lua = Self.text(byteCount, Self.luaRegion)
  }

  private static func text(_ byteCount: Int, _ region: (Int) -> String) -> String {
    var text = ""
    var next = 0
    while text.utf8.count < byteCount {
      for index in next..<next + regionsAtOnce { text += region(index) }
      next += regionsAtOnce
    }
    return text
  }

  private static func symbiRegion(_ index: Int) -> String {
    """
    // Works on the orders of region \(index).
    function total_\(index)(items, discount: float) -> float {
        let sum = 0.0;
        for item in items {
            if item.price > 100 && item.count >= \(index % 50) {
                sum += item.price * item.count - discount;
            } else if item.kind == "gift" {
                continue;
            } else {
                sum = sum + item.price * item.count;
            }
        }
        return round(sum, 2);
    }

    function summarize_\(index)(orders) {
        let result = { region: "region-\(index)", total: 0.0, names: [], flags: { late: false, big: true } };
        for order in orders {
            let value = total_\(index)(order.items, \(index).5);
            result.total += value;
            if value > 1000 || order.urgent {
                result.names = push(result.names, order.customer.name);
            }
            result.flags.late = result.flags.late || order.age > 30;
        }
        let names = map(result.names, n => upper(trim(n)));
        result.big = filter(orders, o => len(o.items) > \(index % 9));
        match len(names) {
            0 => { result.note = "nothing"; }
            1 => { result.note = format("one of {}", len(orders)); }
            _ => { result.note = "many: " + join(names, ", "); }
        }
        try {
            result.checked = check_\(index)(result.total, \(index + 7));
        } catch (e) {
            result.checked = false;
            result.reason = e.message;
        }
        return result;
    }

    function check_\(index)(value, limit) -> bool {
        if value < 0 { throw error("BadTotal", "the total is negative", { value: value }); }
        let step = 0;
        while step < 10 {
            step += 1;
            if value % limit == step { return true; }
        }
        return value < limit * 2 + 3;
    }


    """
  }

  private static func pythonRegion(_ index: Int) -> String {
    """
    # Works on the orders of region \(index).
    def total_\(index)(items, discount):
        sum = 0.0
        for item in items:
            if item.price > 100 and item.count >= \(index % 50):
                sum += item.price * item.count - discount
            elif item.kind == "gift":
                continue
            else:
                sum = sum + item.price * item.count
        return round(sum, 2)

    def summarize_\(index)(orders):
        result = {"region": "region-\(index)", "total": 0.0, "names": [], "flags": {"late": False, "big": True}}
        for order in orders:
            value = total_\(index)(order.items, \(index).5)
            result["total"] += value
            if value > 1000 or order.urgent:
                result["names"] = push(result["names"], order.customer.name)
            result["flags"]["late"] = result["flags"]["late"] or order.age > 30
        names = map(result["names"], lambda n: upper(trim(n)))
        result["big"] = filter(orders, lambda o: len(o.items) > \(index % 9))
        match len(names):
            case 0:
                result["note"] = "nothing"
            case 1:
                result["note"] = format("one of {}", len(orders))
            case _:
                result["note"] = "many: " + join(names, ", ")
        try:
            result["checked"] = check_\(index)(result["total"], \(index + 7))
        except Exception as e:
            result["checked"] = False
            result["reason"] = e.message
        return result

    def check_\(index)(value, limit):
        if value < 0:
            raise error("BadTotal", "the total is negative", {"value": value})
        step = 0
        while step < 10:
            step += 1
            if value % limit == step:
                return True
        return value < limit * 2 + 3


    """
  }

  private static func luaRegion(_ index: Int) -> String {
    """
    -- Works on the orders of region \(index).
    function total_\(index)(items, discount)
        local sum = 0.0
        for _, item in ipairs(items) do
            if item.price > 100 and item.count >= \(index % 50) then
                sum = sum + item.price * item.count - discount
            elseif item.kind == "gift" then
                goto continue
            else
                sum = sum + item.price * item.count
            end
            ::continue::
        end
        return round(sum, 2)
    end

    function summarize_\(index)(orders)
        local result = { region = "region-\(index)", total = 0.0, names = {}, flags = { late = false, big = true } }
        for _, order in ipairs(orders) do
            local value = total_\(index)(order.items, \(index).5)
            result.total = result.total + value
            if value > 1000 or order.urgent then
                result.names = push(result.names, order.customer.name)
            end
            result.flags.late = result.flags.late or order.age > 30
        end
        local names = map(result.names, function(n) return upper(trim(n)) end)
        result.big = filter(orders, function(o) return #o.items > \(index % 9) end)
        if #names == 0 then
            result.note = "nothing"
        elseif #names == 1 then
            result.note = format("one of {}", #orders)
        else
            result.note = "many: " .. join(names, ", ")
        end
        local ok, e = pcall(check_\(index), result.total, \(index + 7))
        if ok then
            result.checked = e
        else
            result.checked = false
            result.reason = e.message
        end
        return result
    end

    function check_\(index)(value, limit)
        if value < 0 then error({ kind = "BadTotal", message = "the total is negative", value = value }) end
        local step = 0
        while step < 10 do
            step = step + 1
            if value % limit == step then return true end
        end
        return value < limit * 2 + 3
    end


    """
  }
}
