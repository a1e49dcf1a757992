"""What every peer is told: how much to do, and where to keep it."""

import argparse
import json


def read() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--executions", type=int, default=64, help="executions in flight")
    parser.add_argument("--effects", type=int, default=20, help="durable steps of each execution")
    parser.add_argument("--directory", required=True, help="an empty directory for the database")
    parser.add_argument("--driver", choices=["threads", "asyncio"], help="how the executions are kept in flight")
    return parser.parse_args()


def report(effects: int, seconds: float, durability: str) -> None:
    print(json.dumps({"effects": effects, "seconds": seconds, "durability": durability}))
