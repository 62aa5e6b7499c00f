"""Errors of changes that the state of a job or a space does not allow."""

from gallery.core.errors.base import GalleryError


class NotNow(GalleryError):
    """The state of an embedding space, or a job that runs, does not allow what was requested."""

    code = "not_now"
    status = 409


class BackfillNotRunning(NotNow):
    code = "backfill_not_running"


class BackfillNotPaused(NotNow):
    code = "backfill_not_paused"


class SpaceIncomplete(NotNow):
    code = "space_incomplete"


class SpaceActive(NotNow):
    code = "space_active"


class SpaceBeingDeleted(NotNow):
    code = "space_being_deleted"


class NoEarlierSpace(NotNow):
    code = "no_earlier_space"
