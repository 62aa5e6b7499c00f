"""Load what a production process loads, and print each imported module of searchsite.local.

The entry point in argv is ``web`` (gunicorn's settings, the WSGI application, its URLs) or
``worker`` (Celery with its tasks).
"""

import importlib
import os
import sys

import django

if sys.argv[1] == "web":
    for module in ("searchsite.gunicorn_config", "searchsite.wsgi", "searchsite.urls"):
        importlib.import_module(module)
else:
    django.setup()
    importlib.import_module("searchsite").celery_app.loader.import_default_modules()
    assert "gallery.tasks" in sys.modules

from django.conf import settings

assert settings.PRODUCTION
for name in sorted(sys.modules):
    if name.startswith("searchsite.local"):
        print(name)
sys.stdout.flush()
# The web application loads the model in a thread; this program does not wait for it.
os._exit(0)
