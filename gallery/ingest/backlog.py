"""Derives waiting images: after a message, or without messages while the broker passes none on."""

from __future__ import annotations

from gallery.core.dispatch import Stage, hint
from gallery.ingest.derive import derive
from gallery.models import Image, State

# The caller looks again soon, so that it notices the broker's return.
MOST_AT_ONCE = 20


def derive_hinted(image_id: str) -> None:
    """Derive one image. If others are due, send a message for one of them.

    A message that reaches a worker while its owner has enough pictures in the decoders has no
    effect. So a process that becomes free looks for the picture that waits.
    """
    if derive(image_id):
        due = Image.objects.awaiting(State.STORED).due().order_by("next_attempt_at")
        if key := due.values_list("pk", flat=True).first():
            hint(Stage.DERIVE, str(key))


def derive_backlog() -> int:
    """Derive the images whose turn it is, and return how many were tried.

    Images whose workers were lost too often are left to the sweep, which quarantines them.
    """
    for count in range(MOST_AT_ONCE):
        if not derive():
            return count
    return MOST_AT_ONCE
