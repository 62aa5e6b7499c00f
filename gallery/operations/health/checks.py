"""What is wrong with a component, in words; nothing if all is well."""

from __future__ import annotations

from collections import defaultdict

from django.db import Error, connection
from redis.exceptions import RedisError, ResponseError

from gallery.operations.health import media_folder, registry
from gallery.operations.health.registry import Heartbeat

Reasons = dict[str, str]

# Seconds. A process reports every three seconds.
SILENCE = 12
_COMPONENTS = {"derive": "worker derive", "embed": "worker embed", "beat": "beat"}


def database() -> Reasons:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
            if cursor.fetchone() is None:
                return {"database": "the extension vector is not installed"}
    except Error:
        return {"database": "PostgreSQL does not answer"}
    return {}


def processes() -> Reasons:
    """The workers and the scheduler by their heartbeats, and the folder that they see."""
    try:
        registry.check_writes()
        heartbeats = registry.heartbeats()
    except ResponseError as error:
        # The processes cannot report, so their silence says nothing about them.
        return {"broker": f"Redis takes no writes: {error}", "workers": "unknown without Redis"}
    except RedisError:
        return {"broker": "Redis does not answer", "workers": "unknown without Redis"}
    by_role: dict[str, list[Heartbeat]] = {role: [] for role in _COMPONENTS}
    for heartbeat in heartbeats:
        by_role.setdefault(heartbeat.role, []).append(heartbeat)
    silent = {_component(role): _silence(beats) for role, beats in by_role.items()}
    return {name: reason for name, reason in silent.items() if reason} | _media(heartbeats)


def _silence(heartbeats: list[Heartbeat]) -> str:
    if not heartbeats:
        return "no process has reported"
    silent = [heartbeat.age for heartbeat in heartbeats if heartbeat.age > SILENCE]
    if not silent:
        return ""
    return f"{len(silent)} of {len(heartbeats)} processes silent, for {max(silent):.0f} s"


def _media(heartbeats: list[Heartbeat]) -> Reasons:
    media_folder.mark()
    identity = media_folder.identity()
    if not identity:
        return {"media": "the web server cannot read the media folder"}
    others = defaultdict(set)
    for heartbeat in heartbeats:
        if heartbeat.age <= SILENCE and heartbeat.media != identity:
            others["no" if not heartbeat.media else "another"].add(_component(heartbeat.role))
    texts = [f"{', '.join(sorted(who))}: {what} media folder" for what, who in others.items()]
    return {"media": "; ".join(sorted(texts))} if texts else {}


def _component(role: str) -> str:
    return _COMPONENTS.get(role, role)
