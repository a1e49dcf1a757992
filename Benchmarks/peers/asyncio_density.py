"""Memory of waiting tasks in CPython: each task of asyncio waits for a message in a queue of its own.

Nothing is durable: the tasks are gone when the process is. Memory is what our side counts too: resident, after the
allocator has given back what is free, minus that of the same process before.
"""

import asyncio
import ctypes
import gc
import json
import sys


def resident() -> int:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/smaps_rollup") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Rss:"))


async def main(count: int) -> None:
    async def waiter(number: int, queue: asyncio.Queue) -> int:
        return number * 1_000_000 + await queue.get()

    baseline = resident()
    queues = [asyncio.Queue() for _ in range(count)]
    tasks = [asyncio.create_task(waiter(number, queue)) for number, queue in enumerate(queues)]
    await asyncio.sleep(0)
    bytes_per_task = (resident() - baseline) / count
    for queue in queues:
        queue.put_nowait(7)
    assert await asyncio.gather(*tasks) == [number * 1_000_000 + 7 for number in range(count)]
    print(json.dumps({"agents": count, "bytes_per_agent": bytes_per_task}))


asyncio.run(main(int(sys.argv[1])))
