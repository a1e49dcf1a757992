import time


def additions(count):
    total = 0
    for i in range(count):
        total += i
    return total


start = time.process_time()
result = additions(5_000_000)
print(time.process_time() - start, result)
