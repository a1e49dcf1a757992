"""Workflows of one step per second of DBOS on SQLite, started and waited for; 64 at a time."""

import argparse
import asyncio
import json
import os
import sqlite3
import time

from dbos import DBOS

IN_FLIGHT = 64


@DBOS.step()
async def nothing() -> None:
    pass


@DBOS.workflow()
async def task() -> None:
    await nothing()


async def run(tasks: int) -> float:
    places = asyncio.Semaphore(IN_FLIGHT)

    async def one() -> None:
        async with places:
            handle = await DBOS.start_workflow_async(task)
            await handle.get_result()

    start = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(tasks)))
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", type=int, default=500)
    parser.add_argument("--directory", required=True)
    options = parser.parse_args()
    path = os.path.join(options.directory, "dbos.db")
    DBOS(
        config={
            "name": "tasks",
            "system_database_url": f"sqlite:///{path}",
            "log_level": "ERROR",
            "sys_db_pool_size": IN_FLIGHT,
            "run_admin_server": False,
        }
    )
    DBOS.launch()
    seconds = asyncio.run(run(options.tasks))
    connection = sqlite3.connect(path)
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    level = connection.execute("PRAGMA synchronous").fetchone()[0]
    print(
        json.dumps(
            {"tasks": options.tasks, "seconds": seconds, "durability": f"journal_mode={mode} synchronous={level}"}
        )
    )
    DBOS.destroy()


main()
