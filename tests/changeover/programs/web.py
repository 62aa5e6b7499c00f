"""The web process of the site, as gunicorn runs it in production."""

from __future__ import annotations

import json
import sys

from gunicorn.app.wsgiapp import run

address = f"127.0.0.1:{json.loads(sys.argv[1])['port']}"
sys.argv = ["gunicorn", "-c", "python:searchsite.gunicorn_config", "-b", address]
sys.argv += ["searchsite.wsgi"]
run()
