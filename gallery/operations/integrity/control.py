"""What the admin can do with the check of files. Each function returns whether it changed it."""

from __future__ import annotations

from gallery.core.dispatch import Stage, hint
from gallery.jobs import states
from gallery.models import IntegrityCheck, JobState
from gallery.operations.integrity import rounds


def pause(check: IntegrityCheck) -> bool:
    return states.pause(check)


def resume(check: IntegrityCheck) -> bool:
    """The round continues where it stopped."""
    is_resumed = states.resume(check)
    hint(Stage.CHECK_INTEGRITY)
    return is_resumed


def start(check: IntegrityCheck) -> bool:
    """Begin a round now. False during a round, and while the check is paused."""
    if check.round_began_at is not None or check.state == JobState.PAUSED:
        return False
    rounds.begin(check)
    hint(Stage.CHECK_INTEGRITY)
    return True
