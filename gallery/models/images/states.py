"""How far the processing of an image is, and who may see it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

# Raise it, and the condition of the index ``image_facts_due`` with it, when more is read from the
# metadata of files: ``ingest/reread.py`` then reads the files of existing images again.
FACTS_VERSION = 2


class State(models.TextChoices):
    STORED = "stored", _("waiting for processing")
    DERIVED = "derived", _("processing")
    READY = "ready", _("searchable")
    FAILED = "failed", _("failed")
    QUARANTINED = "quarantined", _("quarantined")


class Visibility(models.TextChoices):
    PUBLIC = "public", _("everyone")
    MEMBERS = "members", _("people who are logged in")
    PRIVATE = "private", _("only me")
