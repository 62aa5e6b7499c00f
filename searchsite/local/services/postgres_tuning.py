"""PostgreSQL settings for this machine, passed on the command line at each start."""

import os
import shutil

from searchsite import memory

_MIB = 1 << 20


def settings(*, durable: bool = True, buffers: str = "") -> dict[str, str]:
    """Names and values of server settings.

    With ``durable=False`` a power cut can destroy the data; use it only for temporary databases.
    ``buffers`` replaces the ``shared_buffers`` computed here.
    """
    values = {
        "listen_addresses": "",
        "max_connections": "80",
        "jit": "off",
        "random_page_cost": "1.1",
        "track_io_timing": "on",
        # Load pgvector with each session, so that its settings exist before the first query.
        "session_preload_libraries": "vector",
        "dynamic_shared_memory_type": _shared_memory(),
        # There is no replication, and backups are dumps, unless ``postgres_archive`` changes it.
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "log_line_prefix": "%m [%p] ",
        "log_checkpoints": "off",
        **_sizes(memory.total()),
        **_parallelism(os.cpu_count() or 1),
    }
    if not durable:
        values |= {"fsync": "off", "full_page_writes": "off", "shared_buffers": "128MB"}
    if buffers:
        values["shared_buffers"] = buffers
    return values


def _sizes(total: int) -> dict[str, str]:
    """Below 16 GiB use less memory for caching: the encoders need it more."""
    large = total >= 16 << 30
    buffers = total // (4 if large else 8)
    return {
        "shared_buffers": _megabytes(_clamp(buffers, 128 * _MIB, 8192 * _MIB)),
        "effective_cache_size": _megabytes(total * 2 // 3 if large else total // 2),
        "maintenance_work_mem": _megabytes(_clamp(total // 12, 64 * _MIB, 2048 * _MIB)),
        "work_mem": _megabytes(_clamp(total // 768, 8 * _MIB, 64 * _MIB)),
    }


def _parallelism(cores: int) -> dict[str, str]:
    workers = str(_clamp(cores // 2, 1, 4))
    return {
        "max_parallel_workers_per_gather": workers,
        "max_parallel_maintenance_workers": workers,
    }


def _shared_memory() -> str:
    """A container often has only 64 MB of /dev/shm, too little for a parallel index build."""
    try:
        return "posix" if shutil.disk_usage("/dev/shm").free >= 2 << 30 else "mmap"  # noqa: S108
    except OSError:
        return "posix"


def _megabytes(size: int) -> str:
    return f"{size // _MIB}MB"


def _clamp(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))
