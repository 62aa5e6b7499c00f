"""The relevance threshold of an encoder: below it, even the best hit is probably no answer.

The thresholds are cosines, measured for a model and stored in ``calibration.json`` beside its
weights. Queries by text and queries by picture have different ones, because vectors of pictures
are closer to one another:

    {"nothing_close_below": {"text": 0.36, "image": 0.52}}
"""

from __future__ import annotations

import json
import logging
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from gallery.encoders.model.folder import CALIBRATION
from gallery.encoders.model.resolved import ResolvedModel

log = logging.getLogger(__name__)

Kind = Literal["text", "image"]

FILE = CALIBRATION
_KEY = "nothing_close_below"


@dataclass(frozen=True)
class RelevanceThreshold:
    """The least cosine of the best hit of a query that has an answer."""

    text: float
    image: float

    def is_answer(self, kind: Kind, *, best: float) -> bool:
        """Whether a best hit with the cosine ``best`` may be an answer."""
        return best >= (self.text if kind == "text" else self.image)


def relevance_threshold_of(model: ResolvedModel) -> RelevanceThreshold | None:
    """The stored threshold; None if there is none or it cannot be read.

    Without a threshold every best hit counts as an answer. Reads one small file.
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
    cosines = {kind: float(content[_KEY][kind]) for kind in ("text", "image")}
    if not all(math.isfinite(cosine) for cosine in cosines.values()):
        raise ValueError("its thresholds are not finite")
    return RelevanceThreshold(**cosines)


def write(folder: Path, threshold: RelevanceThreshold) -> None:
    """Store the threshold beside the weights in ``folder``. Raises ``OSError``."""
    content = {_KEY: asdict(threshold)}
    (folder / FILE).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
