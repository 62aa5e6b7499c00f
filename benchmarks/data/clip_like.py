"""Vectors that behave like CLIP's, from a seed.

Pictures lie in a cone. Their content has a power-law spectrum and belongs to a topic (sizes by
Zipf's law) and, within the topic, to an event; some are bursts of almost equal shots. Texts lie
outside the cone: far from every picture, slightly nearer to the picture that they describe.

Sources: separate, off-centre ellipsoids (arXiv 2411.14517), the modality gap (Liang et al. 2022),
text queries as queries out of distribution (arXiv 2211.12850). ``cosines`` prints what to compare
with a real model: pictures to pictures 0.45 to 0.6, a text to its picture 0.25 to 0.32, a text to
other pictures 0.12 to 0.20.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

WIDTH = 512
TOPICS = 1000
EVENTS = 12  # of a topic
_BURST_SHARE = 0.15
_CHUNK = 50_000

Vectors = npt.NDArray[np.float32]
Wide = npt.NDArray[np.float64]


class ClipLike:
    """One gallery: all pictures and queries of an object share topics and events.

    ``topics`` are the numbers of the topics that pictures are drawn from.
    """

    def __init__(self, seed: int = 1) -> None:
        rng = np.random.default_rng(seed)
        self.spectrum = np.arange(1, WIDTH + 1) ** -0.55
        self.rotation = np.linalg.qr(rng.standard_normal((WIDTH, WIDTH)))[0]
        self.topic_rows = self._content(rng, TOPICS)
        self.event_rows = self._content(rng, TOPICS * EVENTS)
        self.picture_mean = self._content(rng, 1, flat=True)[0]
        self.text_mean = self._content(rng, 1, flat=True)[0]
        weights = 1 / np.arange(1, TOPICS + 1) ** 0.9
        self.topic_weights = weights / weights.sum()

    def _content(self, rng: np.random.Generator, count: int, *, flat: bool = False) -> Wide:
        """``(count, 512)`` unit rows with the power-law spectrum, or uniform directions."""
        rows = rng.standard_normal((count, WIDTH))
        rows = rows if flat else (rows * self.spectrum) @ self.rotation
        return _unit(rows)

    def contents(
        self, count: int, seed: int, topics: range = range(TOPICS)
    ) -> tuple[Wide, npt.NDArray[np.int64]]:
        """``(count, 512)`` unit rows: topic 55 %, event 30 %, picture 15 % of the variance; and
        the event of each row.
        """
        rng = np.random.default_rng(seed)
        weights = self.topic_weights[topics.start : topics.stop]
        topic = rng.choice(np.arange(topics.start, topics.stop), count, p=weights / weights.sum())
        event = topic * EVENTS + rng.integers(0, EVENTS, count)
        own = self._content(rng, count)
        rows = (
            np.sqrt(0.55) * self.topic_rows[topic]
            + np.sqrt(0.30) * self.event_rows[event]
            + np.sqrt(0.15) * own
        )
        burst = np.flatnonzero(rng.random(count) < _BURST_SHARE)
        first, second = burst[::2][: len(burst) // 2], burst[1::2]
        rows[second] = rows[first] + 0.25 * own[second]
        event[second] = event[first]
        return _unit(rows), event

    def pictures(self, count: int, seed: int = 1, topics: range = range(TOPICS)) -> Vectors:
        """``(count, 512)`` float32 unit rows."""
        return self.pictures_with_topics(count, seed, topics)[0]

    def pictures_with_topics(
        self, count: int, seed: int = 1, topics: range = range(TOPICS)
    ) -> tuple[Vectors, npt.NDArray[np.int64]]:
        """The rows of ``pictures`` and the number of the topic of each."""
        rows, events = self.pictures_with_events(count, seed, topics)
        return rows, events // EVENTS

    def pictures_with_events(
        self, count: int, seed: int = 1, topics: range = range(TOPICS)
    ) -> tuple[Vectors, npt.NDArray[np.int64]]:
        """The rows of ``pictures`` and the number of the event of each: ``EVENTS`` for a topic."""
        rows = np.empty((count, WIDTH), dtype=np.float32)
        numbers = np.empty(count, dtype=np.int64)
        for start in range(0, count, _CHUNK):
            part = slice(start, min(start + _CHUNK, count))
            contents, numbers[part] = self.contents(part.stop - start, seed + 1000 * start, topics)
            rows[part] = _unit(self.picture_mean + 0.95 * contents)
        return rows, numbers

    def texts(self, targets: Vectors, seed: int = 2) -> Vectors:
        """Text-like queries, one for each picture of ``targets``; float32 unit rows."""
        rng = np.random.default_rng(seed)
        content = _unit(targets - self.picture_mean * (targets @ self.picture_mean)[:, None])
        noise = self._content(rng, len(targets), flat=True)
        offset = 0.24 * self.picture_mean
        return _unit(self.text_mean + offset + 0.35 * content + 0.6 * noise).astype(np.float32)


def cosines(gallery: ClipLike) -> dict[str, float]:
    """Mean cosines of two pictures, of a text and its picture, and of a text and another."""
    pictures = gallery.pictures(2000)
    texts = gallery.texts(pictures)
    others = np.roll(pictures, 1, axis=0)
    return {
        "two pictures": float(np.mean(np.sum(pictures * others, axis=1))),
        "text and its picture": float(np.mean(np.sum(texts * pictures, axis=1))),
        "text and another": float(np.mean(np.sum(texts * others, axis=1))),
    }


def _unit(rows: Wide) -> Wide:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True))


if __name__ == "__main__":
    print(cosines(ClipLike()))
