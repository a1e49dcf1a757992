import time


def records(count):
    record = {"name": "counter", "step": 1, "count": 0}
    for _ in range(count):
        record["count"] = record["count"] + record["step"]
    return record["count"]


start = time.process_time()
result = records(2_000_000)
print(time.process_time() - start, result)
