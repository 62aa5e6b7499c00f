"""The web process, in the house and in a container alike.

One process holds one text encoder, so threads are cheap here and processes are not. The models
are loaded after the fork: PyTorch does not survive being forked with its threads running.
"""

import os
from pathlib import Path

_host = os.environ.get("SEARCHSITE_BIND", "127.0.0.1")

bind = f"{f'[{_host}]' if ':' in _host else _host}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = int(os.environ.get("SEARCHSITE_WEB_THREADS", "8"))
preload_app = False
timeout = 120
graceful_timeout = 8
keepalive = 30
loglevel = "warning"
# The heartbeat file must not wait for a busy disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
