"""Errors of tags."""

from gallery.core.errors.base import GalleryError, InvalidInput


class TooManyTags(GalleryError):
    """A picture has ``limit`` tags, or a person has added as many new names within a day."""

    code = "too_many_tags"
    status = 409


class DecidedSince(GalleryError):
    """A decision cannot be undone, because it is not the newest one any more."""

    code = "decided_since"
    status = 409


class ContradictoryDecisions(InvalidInput):
    """A tag of one image is approved and rejected at once; ``index`` is the later decision."""

    code = "contradictory"
