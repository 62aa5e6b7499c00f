"""Whether a best hit is near enough to be an answer, as measured for an encoder.

A cosine alone seldom says it: of some queries every picture is a little near. So the best hit's
cosine is told in standard deviations above what the same query has with a picture by chance (for a
model whose cosines do say it, chance is kept as mean 0 and deviation 1). The
pictures by chance are a normal distribution kept beside the weights in ``calibration.json``, one
for queries in words and one for pictures (of which fewer axes tell more):

    {"text": {"nothing_close_below": 4.2, "noise": 1e-4, "mean": "…", "axes": "…"}, "image": {…}}

``mean`` and ``axes`` are base64 of little-endian half-precision numbers, ``(512,)`` and
``(n, 512)``: the vectors' covariance is ``axes.T @ axes + noise * identity``.
"""

from __future__ import annotations

import base64
import json
import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gallery.core.errors import EncoderUnavailable
from gallery.encoders import model_folder
from gallery.encoders.base import WIDTH

log = logging.getLogger(__name__)

Vectors = npt.NDArray[np.float32]
Kind = Literal["text", "image"]

# Not part of what the model is: fingerprint.py leaves it out.
FILE = model_folder.CALIBRATION
_STORED = np.dtype("<f2")


@dataclass(frozen=True, eq=False)
class Background:
    """Pictures by chance: ``mean`` (512,), ``axes`` (n, 512) float32, ``noise`` > 0."""

    mean: Vectors
    axes: Vectors
    noise: float

    def above_chance(self, queries: Vectors, best: Vectors) -> Vectors:
        """``(n,)`` standard deviations, for unit rows ``(n, 512)`` and their best cosines."""
        spread = np.sqrt(np.square(queries @ self.axes.T).sum(axis=1) + self.noise)
        far: Vectors = (best - queries @ self.mean) / spread
        return far


@dataclass(frozen=True, eq=False)
class Measured:
    background: Background
    nothing_close_below: float


@dataclass(frozen=True, eq=False)
class Closeness:
    text: Measured
    image: Measured

    def is_answer(self, kind: Kind, query: Vectors, *, best: float) -> bool:
        """Whether a hit of cosine ``best`` to a unit vector ``(512,)`` may be what is meant."""
        measured = self.text if kind == "text" else self.image
        found = np.array([best], dtype=np.float32)
        above = measured.background.above_chance(query[np.newaxis], found)
        return bool(above[0] >= measured.nothing_close_below)


def closeness_of(name: str, fingerprint: str) -> Closeness | None:
    """None when nothing is measured, or cannot be read: then nothing is ever said.

    Read once per process and fingerprint; no model is loaded.
    """
    try:
        return _read(name, fingerprint)
    except EncoderUnavailable:
        return None  # and asked for again: the model may come back


@lru_cache(maxsize=8)
def _read(name: str, fingerprint: str) -> Closeness | None:
    folder = model_folder.find(name)
    if folder.texts is not None:  # measured with the pictures' own text tower
        return None
    path = folder.path / FILE
    try:
        return _parsed(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
        log.warning("%s is ignored: %s", path, error)
        return None


def _parsed(said: Any) -> Closeness:
    """Raises ``ValueError``, ``TypeError`` or ``LookupError``."""
    return Closeness(text=_measured(said["text"]), image=_measured(said["image"]))


def _measured(said: Any) -> Measured:
    mean, axes = _numbers(said["mean"]), _numbers(said["axes"])
    limit, noise = float(said["nothing_close_below"]), float(said["noise"])
    if not (np.isfinite(limit) and np.isfinite(noise) and noise > 0):
        raise ValueError("its numbers are not finite, or its noise is not positive")
    background = Background(mean.reshape(WIDTH), axes.reshape(-1, WIDTH), noise)
    return Measured(background, limit)


def _numbers(text: str) -> Vectors:
    numbers = np.frombuffer(base64.b64decode(text, validate=True), dtype=_STORED)
    if not np.isfinite(numbers).all():
        raise ValueError("its vectors are not finite")
    return numbers.astype(np.float32)


def write(folder: Path, closeness: Closeness) -> None:
    """Beside the weights in ``folder``, rounded; raises ``OSError``."""
    said = {"text": _said(closeness.text), "image": _said(closeness.image)}
    (folder / FILE).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def _said(measured: Measured) -> dict[str, float | str]:
    background = measured.background
    return {
        "nothing_close_below": round(measured.nothing_close_below, 3),
        "noise": float(f"{background.noise:.4g}"),
        "mean": _text(background.mean),
        "axes": _text(background.axes),
    }


def _text(numbers: Vectors) -> str:
    return base64.b64encode(numbers.astype(_STORED).tobytes()).decode("ascii")
