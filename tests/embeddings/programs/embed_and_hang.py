"""Embed the backlog, and hang in the middle of the first batch."""

from __future__ import annotations

import time
from typing import Any

from gallery.embeddings import spaces
from gallery.embeddings.embed import embed_backlog


def hang(images: list[Any]) -> None:
    print("encoding", len(images), flush=True)
    time.sleep(600)


encoder: Any = spaces.encoder_of(spaces.active())
encoder.encode_images = hang
embed_backlog()
