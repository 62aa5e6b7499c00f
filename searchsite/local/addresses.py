"""Where the embedded services of one ``var/`` directory are reached. Pure: nothing is created.

Every process of one site (web, workers, ``bin/manage`` in another shell) computes these from the
same path, so the answer depends on the path and on being root, and on nothing else.
"""

import hashlib
import os
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

DATABASE = "searchsite"
DATABASE_USER = "searchsite"

# sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero included.
_SOCKET_PATH_LIMIT = 100


def short_name(var: Path) -> str:
    return "searchsite-" + hashlib.sha256(os.fsencode(var)).hexdigest()[:12]


def socket_directory(var: Path) -> Path:
    """``var/run``, or a directory outside when a socket there could not be used.

    Not ``$TMPDIR``, which may differ between two shells of one user. As root the database runs
    as another user, who may not be able to walk to ``var``; ``/run`` he always can.
    """
    if os.geteuid() == 0 and Path("/run").is_dir():
        return Path("/run", short_name(var))
    if len(os.fsencode(_postgres_socket(var / "run"))) <= _SOCKET_PATH_LIMIT:
        return var / "run"
    return Path("/tmp", short_name(var))  # noqa: S108 - made 0700 and its owner checked at start


def postgres_directory(var: Path) -> Path:
    return socket_directory(var) / "postgres"


def redis_socket(var: Path) -> Path:
    return socket_directory(var) / "redis" / "redis.sock"


def database_url(var: Path) -> str:
    host = quote(str(postgres_directory(var)), safe="")
    return f"postgres://{DATABASE_USER}@/{DATABASE}?host={host}"


def redis_url(var: Path) -> str:
    return f"unix://{quote(str(redis_socket(var)))}?db=0"


def broker_url(redis_url: str) -> str:
    """The same Redis as Celery spells it."""
    url = urlsplit(redis_url)
    if url.scheme != "unix":
        return redis_url
    query = urlencode({"virtual_host": _database_number(redis_url)})
    return f"redis+socket://{url.netloc}{url.path}?{query}"


def cache_url(redis_url: str) -> str:
    """The next database of the same Redis, so that clearing the cache leaves the queue alone."""
    url = urlsplit(redis_url)
    query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    query["db"] = str(_database_number(redis_url) + 1)
    path = url.path if url.scheme == "unix" else ""
    return f"{url.scheme}://{url.netloc}{path}?{urlencode(query)}"


def _database_number(redis_url: str) -> int:
    url = urlsplit(redis_url)
    named = parse_qs(url.query).get("db")
    if named:
        return int(named[-1])
    in_path = url.path.strip("/")
    return int(in_path) if url.scheme != "unix" and in_path.isdigit() else 0


def _postgres_socket(base: Path) -> Path:
    return base / "postgres" / ".s.PGSQL.5432"
