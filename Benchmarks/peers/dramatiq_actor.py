"""The actor and its broker, for those who send and for the workers."""

import os

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker

broker = RedisBroker(client=redis.Redis(unix_socket_path=os.environ["PEER_REDIS_SOCKET"]))
dramatiq.set_broker(broker)


@dramatiq.actor(max_retries=3)
def nothing() -> None:
    pass
