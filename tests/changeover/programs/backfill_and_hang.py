"""Run the backfill, and hang in the middle of the second batch of pictures."""

from __future__ import annotations

import time
from typing import Any

from gallery.changeover.backfill import backfill
from gallery.embeddings import spaces
from gallery.encoders import towers
from gallery.models import SpaceBackfill

job = SpaceBackfill.objects.get()
encoder: Any = spaces.encoder_of(job.space)
towers.load(encoder)  # so that the batches below are pictures of the gallery
encode_images = encoder.encode_images
batches: list[int] = []


def hang_the_second_time(images: list[Any]) -> Any:
    print("encoding", len(images), flush=True)
    batches.append(len(images))
    if len(batches) > 1:
        time.sleep(600)
    return encode_images(images)


encoder.encode_images = hang_the_second_time
backfill(600)
