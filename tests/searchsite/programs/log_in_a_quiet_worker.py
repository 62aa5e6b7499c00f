"""Log as a Celery worker with --loglevel=WARNING does: once in the gallery, once in Celery."""

import logging

import django

django.setup()

from searchsite.celery import app  # noqa: E402 - after the setup, as in a worker

app.log.setup_logging_subsystem(loglevel="WARNING")
logging.getLogger("gallery.encoders.loader").info("encoder loaded")
logging.getLogger("celery").info("a line of Celery")
