"""Load encoders by name in tests."""

from __future__ import annotations

from gallery.encoders import loader
from gallery.encoders.base import Encoder
from gallery.encoders.model import lookup


def load(name: object) -> Encoder:
    """The encoder of a name or of a path; it stays loaded."""
    return loader.load(lookup.find(str(name)))
