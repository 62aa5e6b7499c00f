"""The Celery worker of the embed queue, whose backfill takes at least 0.25 s a batch."""

from __future__ import annotations

import time
from typing import Any

from gallery.embeddings import spaces
from gallery.models import SpaceBackfill
from searchsite.celery import app

encoder: Any = spaces.encoder_of(SpaceBackfill.objects.get().space)
encode_images = encoder.encode_images


def slowly(images: list[Any]) -> Any:
    time.sleep(0.25)
    return encode_images(images)


encoder.encode_images = slowly
app.worker_main(["--quiet", "worker", "-Q", "embed", "--pool=solo", "--loglevel=ERROR"])
