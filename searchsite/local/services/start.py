"""Start the embedded services under a supervisor and wait until they accept connections."""

from collections.abc import Callable
from pathlib import Path

from searchsite.local import addresses, directories
from searchsite.local.services import postgres, redis
from searchsite.local.supervision.supervisor import Supervisor

Report = Callable[[str], None]


def start_postgres(
    supervisor: Supervisor, var: Path, report: Report, *, durable: bool = True, buffers: str = ""
) -> None:
    """Creates the cluster, the database and the vector extension if they are missing."""
    directories.make_socket_directories(var)
    supervisor.start(postgres.program(var, durable=durable, buffers=buffers))
    postgres.wait(var, lambda: supervisor.is_alive("postgres"), report)
    postgres.ensure_database(var)


def start_redis(supervisor: Supervisor, var: Path) -> None:
    directories.make_socket_directories(var)
    supervisor.start(redis.broker(var))
    redis.wait(addresses.redis_url(var), lambda: supervisor.is_alive("redis"))


def start_cache(supervisor: Supervisor, var: Path) -> None:
    directories.make_socket_directories(var)
    supervisor.start(redis.cache(var))
    redis.wait(addresses.cache_url(var), lambda: supervisor.is_alive("cache"))
