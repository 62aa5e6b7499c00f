"""Gunicorn's settings for the web process, under ``bin/run`` and in a container.

Each process holds one text encoder, so more threads are cheap and more processes are not. Models
are loaded after the fork (``preload_app = False``): PyTorch does not survive a fork while its
threads run.
"""

import os
from pathlib import Path

_host = os.environ.get("SEARCHSITE_BIND", "127.0.0.1")

bind = f"{f'[{_host}]' if ':' in _host else _host}:{os.environ.get('PORT', '8000')}"
# A slow client occupies a connection, not one of the threads (decision 0014).
worker_class = "searchsite.front.worker.BufferingWorker"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = int(os.environ.get("SEARCHSITE_WEB_THREADS", "8"))
worker_connections = int(os.environ.get("SEARCHSITE_WEB_CONNECTIONS", "4000"))
preload_app = False
timeout = 120
graceful_timeout = 8
# Also the time in which a client must send the complete header.
keepalive = 20
asgi_lifespan = "off"
# `searchsite.front.header_limits` needs the parser that is part of gunicorn.
http_parser = "python"
loglevel = "warning"
# The heartbeat file is in memory, so that a busy disk cannot delay it.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
