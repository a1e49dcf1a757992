"""Timers of asyncio's event loop: set, half of them cancelled, the others fired."""

import argparse
import asyncio
import json
import random
import resource
import time


def memory() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--timers", type=int, default=1_000_000)
    count = parser.parse_args().timers
    loop = asyncio.new_event_loop()
    fired = 0

    def fire() -> None:
        nonlocal fired
        fired += 1
        if fired == count - count // 2:
            loop.stop()

    base = loop.time() - 3_601
    times = [base + random.random() * 3_600 for _ in range(count)]
    chosen = random.sample(range(count), count // 2)
    before = memory()
    start = time.perf_counter()
    handles = [loop.call_at(when, fire) for when in times]
    inserted = time.perf_counter()
    used = memory() - before - 8 * count
    for index in chosen:
        handles[index].cancel()
    cancelled = time.perf_counter()
    loop.run_forever()
    end = time.perf_counter()
    print(
        json.dumps(
            {
                "insert_seconds": inserted - start,
                "cancel_seconds": cancelled - inserted,
                "fire_seconds": end - cancelled,
                "bytes_per_timer": used / count,
            }
        )
    )


main()
