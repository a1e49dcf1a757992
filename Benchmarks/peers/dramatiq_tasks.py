"""No-op tasks per second of Dramatiq on Redis with `appendfsync always`.

Redis is started on a socket in the given directory, and ended. Tasks are sent by several threads, one message each: first
with no workers, which then carry them out; then again with the workers at it. A task is done when it is acknowledged.
"""

import argparse
import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import time

SENDERS = 16
PROCESSES = 2
THREADS = 8


def wait_for(condition, what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"{what} does not come up")
        time.sleep(0.01)


def send(actor, tasks: int) -> float:
    """Sends tasks, and gives the seconds that it took."""
    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(SENDERS) as senders:
        for future in [senders.submit(actor.send) for _ in range(tasks)]:
            future.result()
    return time.perf_counter() - start


def main() -> None:
    # A parent may have blocked signals in the thread that started this, and then nothing could be ended.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", type=int, default=5_000)
    parser.add_argument("--directory", required=True)
    options = parser.parse_args()
    socket = os.path.join(options.directory, "redis.sock")
    server = subprocess.Popen(
        [
            "redis-server", "--port", "0", "--unixsocket", socket, "--dir", options.directory, "--appendonly", "yes",
            "--appendfsync", "always", "--save", "", "--loglevel", "warning", "--logfile", os.devnull,
        ]
    )
    workers = None
    try:
        wait_for(lambda: os.path.exists(socket), "redis-server")
        os.environ["PEER_REDIS_SOCKET"] = socket
        from dramatiq_actor import broker, nothing

        here = os.path.dirname(os.path.abspath(__file__))
        sending = send(nothing, options.tasks)
        workers = subprocess.Popen(
            [sys.executable, "-m", "dramatiq", "dramatiq_actor", "--path", here, "--processes", str(PROCESSES),
             "--threads", str(THREADS)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        # The workers take their time to come up; the clock starts when they have begun.
        while (left := broker.do_qsize("default")) == options.tasks:
            time.sleep(0.001)
        start = time.perf_counter()
        broker.join("default", interval=10, timeout=600_000)
        carried_out = left / (time.perf_counter() - start)
        start = time.perf_counter()
        send(nothing, options.tasks)
        # Dramatiq itself looks every 10 ms whether the queue is empty.
        broker.join("default", interval=10, timeout=600_000)
        seconds = time.perf_counter() - start
        mode = broker.client.config_get("appendfsync")["appendfsync"]
        print(
            json.dumps(
                {
                    "tasks": options.tasks,
                    "seconds": seconds,
                    "taken_per_second": options.tasks / sending,
                    "carried_out_per_second": carried_out,
                    "durability": f"appendonly appendfsync={mode}",
                }
            )
        )
    finally:
        for process in [workers, server]:
            if process is not None:
                process.terminate()
                process.wait()


main()
