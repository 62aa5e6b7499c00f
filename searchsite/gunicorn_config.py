"""Gunicorn's settings for the web process, under ``bin/run`` and in a container.

Each process holds one text encoder, so more threads are cheap and more processes are not. Models
are loaded after the fork (``preload_app = False``): PyTorch does not survive a fork while its
threads run.
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
# The heartbeat file is in memory, so that a busy disk cannot delay it.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
