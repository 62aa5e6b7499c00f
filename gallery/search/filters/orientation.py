"""Whether a picture is landscape, portrait or square."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F, Q, TextChoices
from django.utils.translation import gettext_lazy as _

# A picture is square if its longer side exceeds the shorter one by less than 5 %.
SQUARE_TOLERANCE = 0.05


class Orientation(TextChoices):
    LANDSCAPE = "landscape", _("landscape")
    PORTRAIT = "portrait", _("portrait")
    SQUARE = "square", _("square")


def oriented(orientations: Collection[str]) -> Q:
    """Each image with known dimensions has exactly one of the three."""
    condition = Q()
    for orientation in orientations:
        condition |= _CONDITIONS[Orientation(orientation)]
    return condition


# A float factor, because the product of two integers could exceed PostgreSQL's integer.
_WIDER = Q(width__gte=F("height") * (1 + SQUARE_TOLERANCE))
_HIGHER = Q(height__gte=F("width") * (1 + SQUARE_TOLERANCE))
_CONDITIONS = {
    Orientation.LANDSCAPE: _WIDER,
    Orientation.PORTRAIT: _HIGHER,
    Orientation.SQUARE: Q(
        width__lt=F("height") * (1 + SQUARE_TOLERANCE),
        height__lt=F("width") * (1 + SQUARE_TOLERANCE),
    ),
}
