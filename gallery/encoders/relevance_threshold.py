"""Whether a best hit is near enough to be an answer, as measured for an encoder.

The limits are cosines, in ``calibration.json`` beside the weights, one for questions in words and
one for pictures, which lie nearer to one another:

    {"nothing_close_below": {"text": 0.36, "image": 0.52}}
"""

from __future__ import annotations

import json
import logging
import math
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model import lookup
from gallery.encoders.model.folder import CALIBRATION

log = logging.getLogger(__name__)

Kind = Literal["text", "image"]

# Not part of what the model is: fingerprint.py leaves it out.
FILE = CALIBRATION
_KEY = "nothing_close_below"


@dataclass(frozen=True)
class RelevanceThreshold:
    """The cosine that the best hit of an answered question reaches."""

    text: float
    image: float

    def is_answer(self, kind: Kind, *, best: float) -> bool:
        """Whether a hit of cosine ``best`` may be what is meant."""
        return best >= (self.text if kind == "text" else self.image)


def relevance_threshold_of(name: str, fingerprint: str) -> RelevanceThreshold | None:
    """None when nothing is measured or it cannot be read: then every best hit counts as an answer.

    Read once per process and fingerprint; no model is loaded.
    """
    try:
        return _read(name, fingerprint)
    except EncoderUnavailable:
        return None  # and asked for again: the model may come back


@lru_cache(maxsize=8)
def _read(name: str, fingerprint: str) -> RelevanceThreshold | None:
    folder = lookup.find(name)
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


def _parsed(content: Any) -> RelevanceThreshold:
    """Raises ``ValueError``, ``TypeError`` or ``LookupError``."""
    limits = RelevanceThreshold(**{kind: float(content[_KEY][kind]) for kind in ("text", "image")})
    if not all(math.isfinite(limit) for limit in asdict(limits).values()):
        raise ValueError("its limits are not finite")
    return limits


def write(folder: Path, threshold: RelevanceThreshold) -> None:
    """Beside the weights in ``folder``; raises ``OSError``."""
    content = {_KEY: asdict(threshold)}
    (folder / FILE).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
