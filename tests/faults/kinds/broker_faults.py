"""The Redis of the queue loses messages, takes none, is killed, is frozen or cannot be reached."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import psycopg
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from gallery.core.dispatch import Stage
from searchsite.configuration.redis_urls import broker_url
from searchsite.local import addresses
from tests.faults.target import Target, frozen, send
from tests.local.services import eventually, is_running

_QUEUES = ("derive", "embed")
_COPIES = 3


def flush(target: Target, seconds: float) -> None:
    with suppress(RedisError):
        target.broker().flushall()


def lose_messages(target: Target, seconds: float) -> None:
    """What waits in the queues is gone; what workers hold is not."""
    deadline = time.monotonic() + seconds
    with suppress(RedisError):
        while time.monotonic() < deadline:
            target.broker().delete(*_QUEUES)
            time.sleep(0.05)


def duplicate_messages(target: Target, seconds: float) -> None:
    """Each picture that waits, and some that are ready, has several messages in a wrong order."""
    choice = "SELECT id FROM gallery_image ORDER BY state = 'ready', random() LIMIT 30"
    rows = []
    with suppress(psycopg.Error):
        rows = target.sql(choice)
    broker = broker_url(addresses.redis_url(target.site.var))
    app = Celery(broker=broker, set_as_current=False)
    with app, suppress(OSError, OperationalError):
        for (key,) in rows * _COPIES:
            app.send_task(str(Stage.DERIVE), args=[str(key)], queue="derive")
        for _ in range(_COPIES):
            app.send_task(str(Stage.EMBED), queue="embed")
            app.send_task(str(Stage.SWEEP), queue="derive")


def kill(role: str) -> Callable[[Target, float], None]:
    """The supervisor starts it again, with what its file has."""

    def strike(target: Target, seconds: float) -> None:
        send(target.running_pids(role), signal.SIGKILL)

    return strike


def restart_empty(target: Target, seconds: float) -> None:
    killed = target.running_pids("broker")
    send(killed, signal.SIGKILL)
    assert eventually(lambda: not any(is_running(pid) for pid in killed))
    for path in (target.site.var / "redis").iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def refuse_writes(target: Target, seconds: float) -> None:
    """As a full Redis does."""
    with suppress(RedisError):
        most = str(target.broker().config_get("maxmemory")["maxmemory"])
        target.broker().config_set("maxmemory", 1)
        time.sleep(seconds)
        target.broker().config_set("maxmemory", most)


def freeze(role: str) -> Callable[[Target, float], None]:
    def strike(target: Target, seconds: float) -> None:
        with frozen(target.running_pids(role)):
            time.sleep(seconds)

    return strike


def remove_socket(target: Target, seconds: float) -> None:
    """Connections go on, new ones fail. Redis makes the socket again when it is started."""
    addresses.redis_socket(target.site.var).unlink(missing_ok=True)
    time.sleep(seconds)
    send(target.pids("broker"), signal.SIGKILL)
