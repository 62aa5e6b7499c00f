"""What a query vector was made of."""

from __future__ import annotations

from enum import StrEnum


class QueryKind(StrEnum):
    """Vectors of texts and of pictures lie in different regions of a space (the modality gap).

    A query by text therefore needs more probes than a query by picture for the same recall, and
    its similarities are lower.
    """

    TEXT = "text"
    PICTURE = "picture"
