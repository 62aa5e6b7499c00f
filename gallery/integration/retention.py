"""Deletes what is kept for other programs, after its time."""

from __future__ import annotations

from gallery.integration import events, stored_answers


def delete_old() -> None:
    """Called by the clock."""
    stored_answers.delete_old()
    events.delete_old()
