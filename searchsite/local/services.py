"""The embedded services in a supervisor: started in order and answering when this returns."""

from collections.abc import Callable
from pathlib import Path

from searchsite.local import addresses, directories, postgres, redis
from searchsite.local.supervisor import Supervisor

Say = Callable[[str], None]


def start_postgres(supervisor: Supervisor, var: Path, say: Say, *, durable: bool = True) -> None:
    directories.make_socket_directories(var)
    supervisor.start(postgres.program(var, durable=durable))
    postgres.wait(var, lambda: supervisor.alive("postgres"), say)
    postgres.ensure_database(var)


def start_redis(supervisor: Supervisor, var: Path) -> None:
    directories.make_socket_directories(var)
    supervisor.start(redis.program(var))
    redis.wait(addresses.redis_url(var), lambda: supervisor.alive("redis"))
