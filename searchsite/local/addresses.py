"""Socket paths and URLs of the embedded services, computed from the path of ``var/``.

Nothing is created here. Every process of a site (web, workers, ``bin/manage`` in another shell)
computes the same addresses, because they depend only on that path and on whether we are root.
"""

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

DATABASE = "searchsite"
DATABASE_USER = "searchsite"

# A socket path (sun_path) has 108 bytes on Linux and 104 on macOS, including the final zero.
_SOCKET_PATH_LIMIT = 100


def short_name(var: Path) -> str:
    return "searchsite-" + hashlib.sha256(os.fsencode(var)).hexdigest()[:12]


def socket_directory(var: Path) -> Path:
    """``var/run``, or a directory elsewhere if a socket in it could not be used.

    ``$TMPDIR`` is not used, because two shells of one user may have different values. If we are
    root, the database runs as another user, who may not be able to enter ``var`` but can always
    enter ``/run``.
    """
    if os.geteuid() == 0 and Path("/run").is_dir():
        return Path("/run", short_name(var))
    if len(os.fsencode(_postgres_socket(var / "run"))) <= _SOCKET_PATH_LIMIT:
        return var / "run"
    return Path("/tmp", short_name(var))  # noqa: S108 - created with mode 0700, owner is checked


def postgres_directory(var: Path) -> Path:
    return socket_directory(var) / "postgres"


def redis_socket(var: Path) -> Path:
    return socket_directory(var) / "redis" / "redis.sock"


def cache_socket(var: Path) -> Path:
    return socket_directory(var) / "redis" / "cache.sock"


def database_url(var: Path) -> str:
    host = quote(str(postgres_directory(var)), safe="")
    return f"postgres://{DATABASE_USER}@/{DATABASE}?host={host}"


def redis_url(var: Path) -> str:
    return f"unix://{quote(str(redis_socket(var)))}?db=0"


def cache_url(var: Path) -> str:
    return f"unix://{quote(str(cache_socket(var)))}?db=0"


def _postgres_socket(base: Path) -> Path:
    return base / "postgres" / ".s.PGSQL.5432"
