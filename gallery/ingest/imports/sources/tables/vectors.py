"""The vectors of a table: which are usable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gallery.encoders.base import WIDTH, Vector
from gallery.ingest.imports.sources.base import SourceRow

# The codes of what is wrong with a vector.
WRONG_WIDTH = "vector_width"
NOT_FINITE = "vector_not_finite"
UNKNOWN_SPACE = "vector_space_unknown"

# As ``encoders.base.unit_vectors`` has it.
_TOLERANCE = 1e-3


def vector_of(value: Any) -> tuple[Vector | None, str]:
    """The unit vector, or None with the code of the reason; (None, "") for an empty cell.

    A unit vector stays as it is; another length is scaled, because only the direction counts.
    """
    if isinstance(value, str):
        if not value.strip():
            return None, ""
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None, WRONG_WIDTH
    if value is None:
        return None, ""
    try:
        vector = np.asarray(value, dtype=np.float32)
    except (ValueError, TypeError, OverflowError):
        return None, WRONG_WIDTH
    return checked(vector)


def checked(vector: Vector) -> tuple[Vector | None, str]:
    if vector.shape != (WIDTH,):
        return None, WRONG_WIDTH
    norm = float(np.linalg.norm(vector.astype(np.float64)))
    if not np.isfinite(norm) or norm == 0:
        return None, NOT_FINITE
    return (vector if abs(norm - 1) <= _TOLERANCE else (vector / norm).astype(np.float32)), ""


def added_to(row: SourceRow, values: Mapping[str, Any], roles: Mapping[str, str]) -> SourceRow:
    """The row with the vector that the table has for it."""
    if "vector" not in roles:
        return row
    vector, note = vector_of(values.get(roles["vector"]))
    model = str(values.get(roles.get("model", "")) or "")
    return replace(row, vector=vector, note=note or row.note, model=model)
