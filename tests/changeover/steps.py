"""Steps and questions that several tests of a change of encoder share."""

from __future__ import annotations

from gallery.changeover.run import run
from gallery.models import EmbeddingSpace

# Seconds, for a slice that does all there is to do.
LONG = 600.0


def change_over() -> None:
    """Backfill, and switch if the switch is automatic."""
    for _ in range(3):
        run(LONG)


def states() -> dict[str, str]:
    """The state of every space, by the name of its encoder."""
    return {space.encoder: space.state for space in EmbeddingSpace.objects.all()}
