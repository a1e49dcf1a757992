"""Durable steps per second of LangGraph with its SQLite checkpointer.

Each execution is one thread of a graph whose only node repeats itself: one step is one super-step. `durability="sync"`
makes the checkpoint of a step durable before the next one begins; the checkpointer sets WAL and leaves SQLite's
`synchronous` at its default, FULL.
"""

import asyncio
import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TypedDict

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph

import arguments


class State(TypedDict):
    step: int
    total: int


def graph(effects: int, checkpointer):
    def remember(state: State) -> State:
        return {"step": state["step"] + 1, "total": state["total"] + state["step"]}

    def after(state: State) -> str:
        return "remember" if state["step"] < effects else END

    builder = StateGraph(State)
    builder.add_node("remember", remember)
    builder.add_edge(START, "remember")
    builder.add_conditional_edges("remember", after, ["remember", END])
    return builder.compile(checkpointer=checkpointer)


def configuration(number: int, effects: int) -> dict:
    return {"configurable": {"thread_id": str(number)}, "recursion_limit": effects + 10}


def check(results: list, effects: int) -> None:
    expected = effects * (effects - 1) // 2
    assert all(result["total"] == expected for result in results), results


def synchronous(connection: sqlite3.Connection) -> str:
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    return f"journal_mode={mode} synchronous={connection.execute('PRAGMA synchronous').fetchone()[0]} durability=sync"


def threads(options) -> tuple[float, str]:
    connection = sqlite3.connect(os.path.join(options.directory, "graph.db"), check_same_thread=False)
    saver = SqliteSaver(connection)
    saver.setup()
    compiled = graph(options.effects, saver)

    def run(number: int):
        return compiled.invoke(
            {"step": 0, "total": 0}, configuration(number, options.effects), durability="sync"
        )

    with ThreadPoolExecutor(options.executions) as pool:
        start = time.perf_counter()
        results = list(pool.map(run, range(options.executions)))
        seconds = time.perf_counter() - start
    check(results, options.effects)
    return seconds, synchronous(connection)


async def concurrently(options) -> tuple[float, str]:
    path = os.path.join(options.directory, "graph.db")
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        await saver.setup()
        compiled = graph(options.effects, saver)
        start = time.perf_counter()
        results = await asyncio.gather(
            *(
                compiled.ainvoke(
                    {"step": 0, "total": 0}, configuration(number, options.effects), durability="sync"
                )
                for number in range(options.executions)
            )
        )
        seconds = time.perf_counter() - start
    check(results, options.effects)
    connection = sqlite3.connect(path)
    return seconds, synchronous(connection)


def main() -> None:
    options = arguments.read()
    if options.driver == "asyncio":
        seconds, durability = asyncio.run(concurrently(options))
    else:
        seconds, durability = threads(options)
    arguments.report(options.executions * options.effects, seconds, durability)


main()
