"""Find the relevance threshold: the cosine below which the best hit is probably no answer.

It compares the best hits of questions that are answered correctly with those of questions that
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
    """One kind of question. ``best`` has the cosines of the best hits.

    For known questions, ``best`` has only the correct hits. The threshold is chosen from the rows
    with ``decides``.
    """

    name: str
    questions: int
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
        hits = scores.argmax(axis=1)
        correct = [hit in rows for hit, rows in zip(hits, answers, strict=True)]
        return Row(name, len(queries), scores.max(axis=1)[correct], known=True, decides=decides)

    def absent(self, name: str, queries: Vectors, answers: Sequence[tuple[int, ...]]) -> Row:
        """Known questions to a gallery from which their answers were removed."""
        scores = queries @ self.pictures.T
        for row, removed in zip(scores, answers, strict=True):
            row[list(removed)] = -1
        return Row(name, len(queries), scores.max(axis=1), known=False)


def threshold_of(rows: Sequence[Row], *, kept: float) -> float:
    """The cosine that the share ``kept`` of the correct answers reaches.

    Every deciding row has the same weight, however many questions it has. Rounded down to three
    digits.
    """
    deciding = [row for row in rows if row.decides and len(row.best)]
    values = np.concatenate([row.best for row in deciding])
    weights = np.concatenate([np.full(len(row.best), 1 / len(row.best)) for row in deciding])
    order = np.argsort(values)
    share = np.cumsum(weights[order]) / weights.sum()
    # Rounding up would keep a smaller share than requested.
    return math.floor(float(values[order][np.searchsorted(share, 1 - kept)]) * 1000) / 1000


def table(rows: Sequence[Row], threshold: float) -> str:
    """A Markdown table; its last column is the share of hits below the threshold."""
    lines = [
        "| question | questions | correct | cosine: 2 % | 50 % | 98 % | below the threshold |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if not len(row.best):
            continue
        low, middle, high = np.quantile(row.best, (0.02, 0.5, 0.98))
        correct = str(len(row.best)) if row.known else "–"
        below = float((row.best < threshold).mean())
        lines.append(
            f"| {row.name} | {row.questions} | {correct} "
            f"| {low:.2f} | {middle:.2f} | {high:.2f} | {below:.3f} |"
        )
    return "\n".join(lines)
