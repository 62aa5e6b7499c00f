"""The relevance thresholds of an encoder: the cosines from which hits count as answers.

They are measured for a model and stored in ``calibration.json`` beside its weights. Queries by
text and queries by picture have different ones, because vectors of pictures are closer to one
another:

    {"text": {"weak": 0.36, "good": 0.37, "strong": 0.43}, "image": {…}}
"""

from __future__ import annotations

import json
import logging
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gallery.encoders.model.folder import CALIBRATION
from gallery.encoders.model.resolved import ResolvedModel

log = logging.getLogger(__name__)

FILE = CALIBRATION


@dataclass(frozen=True)
class Cosines:
    """If the best hit is below ``weak``, the query has probably no answer. From ``good`` and from
    ``strong`` a hit has a good and a strong match.
    """

    weak: float
    good: float
    strong: float


@dataclass(frozen=True)
class RelevanceThreshold:
    """``text`` belongs to queries by text, ``image`` to queries by picture."""

    text: Cosines
    image: Cosines


def relevance_threshold_of(model: ResolvedModel) -> RelevanceThreshold | None:
    """The stored thresholds; None if there are none or they cannot be read.

    Reads one small file.
    """
    if model.texts is not None:  # measured with the text vectors of the model for pictures
        return None
    path = model.pictures.path / FILE
    try:
        return _parsed(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
        log.warning("%s is ignored: %s", path, error)
        return None


def _parsed(content: Any) -> RelevanceThreshold:
    """Raises ``ValueError``, ``TypeError`` or ``LookupError``."""
    return RelevanceThreshold(_cosines(content["text"]), _cosines(content["image"]))


def _cosines(content: Any) -> Cosines:
    weak, good, strong = (float(content[name]) for name in ("weak", "good", "strong"))
    if not all(math.isfinite(cosine) for cosine in (weak, good, strong)):
        raise ValueError("its thresholds are not finite")
    if not weak <= good <= strong:
        raise ValueError("its thresholds are not in ascending order")
    return Cosines(weak, good, strong)


def write(folder: Path, threshold: RelevanceThreshold) -> None:
    """Store the thresholds beside the weights in ``folder``. Raises ``OSError``."""
    text = json.dumps(asdict(threshold), indent=2) + "\n"
    (folder / FILE).write_text(text, encoding="utf-8")
