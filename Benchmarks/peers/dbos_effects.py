"""Durable steps per second of DBOS on SQLite.

Each execution is one workflow; each step's outcome is committed before the next step begins. DBOS leaves SQLite's
journal at its default, a rollback journal with `synchronous=FULL`.
"""

import asyncio
import os
import sqlite3
import time

from dbos import DBOS

import arguments


@DBOS.step()
def remember(step: int) -> int:
    return step


@DBOS.workflow()
def worker(effects: int) -> int:
    return sum(remember(step) for step in range(effects))


@DBOS.step()
async def remember_async(step: int) -> int:
    return step


@DBOS.workflow()
async def worker_async(effects: int) -> int:
    total = 0
    for step in range(effects):
        total += await remember_async(step)
    return total


def threads(options) -> tuple[float, list]:
    start = time.perf_counter()
    handles = [DBOS.start_workflow(worker, options.effects) for _ in range(options.executions)]
    results = [handle.get_result() for handle in handles]
    return time.perf_counter() - start, results


async def concurrently(options) -> tuple[float, list]:
    start = time.perf_counter()
    handles = [await DBOS.start_workflow_async(worker_async, options.effects) for _ in range(options.executions)]
    results = await asyncio.gather(*(handle.get_result() for handle in handles))
    return time.perf_counter() - start, results


def main() -> None:
    options = arguments.read()
    path = os.path.join(options.directory, "dbos.db")
    DBOS(
        config={
            "name": "effects",
            "system_database_url": f"sqlite:///{path}",
            "log_level": "ERROR",
            "sys_db_pool_size": options.executions,
            "run_admin_server": False,
        }
    )
    DBOS.launch()
    if options.driver != "threads":
        seconds, results = asyncio.run(concurrently(options))
    else:
        seconds, results = threads(options)
    expected = options.effects * (options.effects - 1) // 2
    assert results == [expected] * options.executions, results
    connection = sqlite3.connect(path)
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    level = connection.execute("PRAGMA synchronous").fetchone()[0]
    arguments.report(
        options.executions * options.effects, seconds, f"journal_mode={mode} synchronous={level}"
    )
    DBOS.destroy()


main()
