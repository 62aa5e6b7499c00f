"""How far above chance the best hits stand: of known questions that find what they ask for, and
of questions nothing in the gallery answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gallery.encoders.closeness import Background

Vectors = npt.NDArray[np.float32]


def background_of(pictures: Vectors, axes: int) -> Background:
    """Probabilistic PCA (Tipping and Bishop 1999) of unit rows ``(n, 512)``."""
    values, vectors = np.linalg.eigh(np.cov(pictures.T.astype(np.float64)))
    noise = float(values[:-axes].clip(0).mean())
    scale = np.sqrt((values[-axes:] - noise).clip(0))
    found = (vectors[:, -axes:] * scale).T
    return Background(pictures.mean(axis=0), found.astype(np.float32), noise)


@dataclass(frozen=True, eq=False)
class Row:
    """One kind of question: how far above chance its best hits are, and their cosines.

    Of known questions only those whose best hit is right; ``decides`` are those that the limit
    has to keep.
    """

    name: str
    asked: int
    above: Vectors
    best: Vectors
    known: bool
    decides: bool = False


class Gallery:
    def __init__(self, pictures: Vectors, background: Background) -> None:
        self.pictures, self.background = pictures, background

    def unknown(self, name: str, queries: Vectors) -> Row:
        best = (queries @ self.pictures.T).max(axis=1)
        above = self.background.above_chance(queries, best)
        return Row(name, len(queries), above, best, known=False)

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
        best, asked = scores.max(axis=1)[right], queries[right]
        above = self.background.above_chance(asked, best)
        return Row(name, len(queries), above, best, known=True, decides=decides)

    def absent(self, name: str, queries: Vectors, answers: Sequence[tuple[int, ...]]) -> Row:
        """The known questions, of a gallery without the pictures that answer them."""
        scores = queries @ self.pictures.T
        for row, found in zip(scores, answers, strict=True):
            row[list(found)] = -1
        best = scores.max(axis=1)
        return Row(name, len(queries), self.background.above_chance(queries, best), best, False)


def limit_of(rows: Sequence[Row], *, kept: float) -> float:
    """Which this share of the right answers reaches, every kind of question counting the same."""
    deciding = [row for row in rows if row.decides and len(row.above)]
    values = np.concatenate([row.above for row in deciding])
    weights = np.concatenate([np.full(len(row.above), 1 / len(row.above)) for row in deciding])
    order = np.argsort(values)
    share = np.cumsum(weights[order]) / weights.sum()
    # Rounded down: a limit that is written with three digits still keeps its share.
    return float(np.floor(values[order][np.searchsorted(share, 1 - kept)] * 1000) / 1000)


def table(rows: Sequence[Row], limit: float) -> str:
    lines = [
        "| question | asked | right | above chance: 2 % | 50 % | 98 % | cosine: 50 % | flagged |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if not len(row.above):
            continue
        low, middle, high = np.quantile(row.above, (0.02, 0.5, 0.98))
        right = str(len(row.above)) if row.known else "–"
        flagged = float((row.above < limit).mean())
        lines.append(
            f"| {row.name} | {row.asked} | {right} | {low:.2f} | {middle:.2f} | {high:.2f} "
            f"| {np.median(row.best):.3f} | {flagged:.3f} |"
        )
    return "\n".join(lines)
