"""Choose the encoder automatically, as ``bin/run`` does, and print the key of its space."""

from __future__ import annotations

from gallery.changeover.choose import choose
from gallery.encoders.model import discovery

discovery.discover = lambda: discovery.Choice("one", "first of all")
print(choose("auto").pk)
