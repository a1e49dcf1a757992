import pickle
import time

records = [{"name": "item " + str(i), "price": i * 3, "tags": ["a", "b"]} for i in range(100_000)]
start = time.process_time()
written = pickle.dumps(records, protocol=5)
read = pickle.loads(written)
print(time.process_time() - start, len(read))
