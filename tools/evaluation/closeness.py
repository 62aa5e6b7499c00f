"""How near the best hits are: of known questions that find what they ask for, and of questions
nothing in the gallery answers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Row:
    """One kind of question and the cosines of its best hits.

    Of known questions only those whose best hit is right; ``decides`` are those that the limit
    has to keep.
    """

    name: str
    asked: int
    best: Vectors
    known: bool
    decides: bool = False


class Gallery:
    def __init__(self, pictures: Vectors) -> None:
        self.pictures = pictures

    def unknown(self, name: str, queries: Vectors) -> Row:
        return Row(name, len(queries), (queries @ self.pictures.T).max(axis=1), known=False)

    def known(
        self,
        name: str,
        queries: Vectors,
        answers: Sequence[tuple[int, ...]],
        *,
        decides: bool = True,
    ) -> Row:
        scores = queries @ self.pictures.T
        right = [hit in found for hit, found in zip(scores.argmax(axis=1), answers, strict=True)]
        return Row(name, len(queries), scores.max(axis=1)[right], known=True, decides=decides)

    def absent(self, name: str, queries: Vectors, answers: Sequence[tuple[int, ...]]) -> Row:
        """The known questions, of a gallery without the pictures that answer them."""
        scores = queries @ self.pictures.T
        for row, found in zip(scores, answers, strict=True):
            row[list(found)] = -1
        return Row(name, len(queries), scores.max(axis=1), known=False)


def limit_of(rows: Sequence[Row], *, kept: float) -> float:
    """Which this share of the right answers reaches, every kind of question counting the same."""
    deciding = [row for row in rows if row.decides and len(row.best)]
    values = np.concatenate([row.best for row in deciding])
    weights = np.concatenate([np.full(len(row.best), 1 / len(row.best)) for row in deciding])
    order = np.argsort(values)
    share = np.cumsum(weights[order]) / weights.sum()
    # Rounded down: a limit that is written with three digits still keeps its share.
    return math.floor(float(values[order][np.searchsorted(share, 1 - kept)]) * 1000) / 1000


def table(rows: Sequence[Row], limit: float) -> str:
    lines = [
        "| question | asked | right | cosine: 2 % | 50 % | 98 % | called far |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if not len(row.best):
            continue
        low, middle, high = np.quantile(row.best, (0.02, 0.5, 0.98))
        right = str(len(row.best)) if row.known else "–"
        far = float((row.best < limit).mean())
        lines.append(
            f"| {row.name} | {row.asked} | {right} "
            f"| {low:.2f} | {middle:.2f} | {high:.2f} | {far:.3f} |"
        )
    return "\n".join(lines)
