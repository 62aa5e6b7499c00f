"""The similarity of stored vectors to a query vector, as an expression of a query."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Expression, FloatField, Value
from django.db.models.functions import Cast
from pgvector.django import CosineDistance


def similarity_to(vector: npt.NDArray[np.float32]) -> Expression:
    """The cosine similarity of an ``Embedding`` to ``vector``; null if it has no vector."""
    distance: Any = CosineDistance("vector", vector)
    return Cast(Value(1.0) - distance, FloatField())
