"""The Celery application: queues, routes, schedule, and what a worker does when it starts."""

import atexit
import os
from collections.abc import Callable
from typing import Any

from celery import Celery
from celery.signals import (
    beat_init,
    celeryd_after_setup,
    task_received,
    worker_process_init,
    worker_ready,
    worker_shutdown,
)
from celery.utils.log import current_process_index  # type: ignore[attr-defined]
from kombu import Queue
from kombu.transport.redis import Channel

from gallery.core.dispatch import Stage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")

# Otherwise a worker that loses the broker while it has messages that no task has begun raises an
# error on the closed connection, and ends. The broker delivers them again.
Channel.do_restore = False

app = Celery("searchsite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_queues=[Queue("derive"), Queue("embed")],
    task_default_queue="derive",
    # The workers of this queue have loaded the encoder.
    task_routes={
        stage: {"queue": "embed"}
        for stage in (
            Stage.EMBED,
            Stage.BACKFILL,
            Stage.KEEP_RELEVANCE,
            Stage.SUGGEST,
            Stage.BUILD_INTERESTS,
        )
    },
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    # Messages are acknowledged when their task begins: rows say what is to be done, and the sweep
    # repeats what a crash interrupted. With late ones, the loss of the broker would end all tasks.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_max_tasks_per_child=500,
    broker_connection_retry_on_startup=True,
    # A full Redis refuses a command of each worker that connects. Without this, the worker ends.
    broker_channel_error_retry=True,
    broker_transport_options={
        "visibility_timeout": 300,
        "socket_connect_timeout": 2,
        # A worker's reads are answered after a second; more is a broker that is frozen.
        "socket_timeout": 3,
        "socket_keepalive": True,
        "health_check_interval": 25,
        # An upload must not wait for a broker that is down: the sweep finds its row later.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
    },
    beat_scheduler="searchsite.beat.WatchedScheduler",
    beat_schedule={
        "sweep": {"task": Stage.SWEEP, "schedule": 15.0, "options": {"expires": 15}},
        "backfill": {"task": Stage.BACKFILL, "schedule": 15.0, "options": {"expires": 15}},
        "read-facts": {"task": Stage.READ_FACTS, "schedule": 60.0, "options": {"expires": 60}},
        "suggest-tags": {"task": Stage.SUGGEST, "schedule": 60.0, "options": {"expires": 60}},
        "find-near-duplicates": {
            "task": Stage.FIND_NEAR_DUPLICATES,
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "build-interests": {
            "task": Stage.BUILD_INTERESTS,
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "update-map": {"task": Stage.UPDATE_MAP, "schedule": 60.0, "options": {"expires": 60}},
        "import": {"task": Stage.IMPORT, "schedule": 15.0, "options": {"expires": 15}},
        "delete-old-activity": {
            "task": Stage.DELETE_OLD_ACTIVITY,
            "schedule": 3600.0,
            "options": {"expires": 3600},
        },
        "check-integrity": {
            "task": Stage.CHECK_INTEGRITY,
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "find-orphans": {"task": Stage.FIND_ORPHANS, "schedule": 60.0, "options": {"expires": 60}},
        "delete-tokens": {
            "task": Stage.DELETE_TOKENS,
            "schedule": 3600.0,
            "options": {"expires": 3600},
        },
        "deliver-webhooks": {
            "task": Stage.DELIVER_WEBHOOKS,
            "schedule": 15.0,
            "options": {"expires": 15},
        },
        "delete-old-records": {
            "task": Stage.DELETE_OLD_RECORDS,
            "schedule": 3600.0,
            "options": {"expires": 3600},
        },
        "keep-index": {"task": Stage.KEEP_INDEX, "schedule": 600.0, "options": {"expires": 600}},
        "keep-relevance": {
            "task": Stage.KEEP_RELEVANCE,
            "schedule": 60.0,
            "options": {"expires": 60},
        },
    },
)
app.autodiscover_tasks()


@worker_process_init.connect
def _report_child(sender: str, **_: Any) -> None:
    """A child of the pool has its own thread: its parent would not notice that it is frozen."""
    index = current_process_index()
    if index is not None:  # a solo pool has no children, and sends this signal too
        _start_heartbeat(f"{sender}/{index}", _queues())


@celeryd_after_setup.connect
def _start_polling(instance: Any, **_: Any) -> None:
    """Before the worker has a connection, so that it works without a broker from the start."""
    from gallery.operations import polling

    for queue in instance.app.amqp.queues.consume_from:
        polling.start(queue, is_busy=lambda: _is_busy(instance))


def _is_busy(worker: Any) -> bool:
    """Whether tasks run. A worker that has lost the broker does not learn that its tasks have ended
    until it is connected again, so it does not count as busy."""
    from celery.worker import state

    consumer = getattr(worker, "consumer", None)
    is_connected = consumer is not None and consumer.connection is not None
    return is_connected and bool(state.active_requests)


@task_received.connect
def _note_message(**_: Any) -> None:
    from gallery.operations import polling

    polling.message_received()


@worker_ready.connect
def _report_and_load(sender: Any, **_: Any) -> None:
    from gallery.core.dispatch import hint
    from gallery.embeddings.warm import warm_up

    queues = _queues()
    heartbeat = _start_heartbeat(sender.hostname, queues)
    worker_shutdown.connect(lambda **_: heartbeat.stop(), weak=False)
    if "derive" in queues:
        hint(Stage.KEEP_INDEX)  # PostgreSQL may have been restarted too: prewarm the index
    if "embed" in queues:
        warm_up(pictures=True)


@beat_init.connect
def _report_beat(sender: Any, **_: Any) -> None:
    heartbeat = _start_heartbeat("", ["beat"], sender.scheduler.is_turning)
    atexit.register(heartbeat.stop)  # there is one, on whichever host


def _queues() -> list[str]:
    return list(app.amqp.queues.consume_from)


def _start_heartbeat(name: str, roles: list[str], *is_working: Callable[[], bool]) -> Any:
    from gallery.operations.health.heartbeat import HeartbeatThread

    heartbeat = HeartbeatThread(name, roles, *is_working)
    heartbeat.start()
    return heartbeat
