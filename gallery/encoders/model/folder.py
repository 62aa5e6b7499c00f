"""The folder of a model, and its layers according to modules.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from gallery.core.errors import EncoderUnavailable

# Holds measurements of the model. It is no part of the model's digest, so measuring a model again
# does not make it another model.
CALIBRATION = "calibration.json"
# The errors that reading a foreign folder may raise. ``RecursionError`` is a ``RuntimeError``.
UNREADABLE = (
    OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError, ImportError,
)  # fmt: skip


@dataclass(frozen=True)
class ModelFolder:
    """The folder of one model. ``commit`` is the commit hash of the hub, or empty for a folder
    that did not come from the hub.
    """

    name: str
    path: Path
    commit: str = ""

    @property
    def transformer(self) -> Path:
        """The folder of the CLIP model itself. Older models have it one level below ``path``."""
        modules = modules_of(self)
        return self.path / modules[0].path if modules else self.path


class Module(NamedTuple):
    """An entry of modules.json: the class, and its folder relative to the model's, or empty."""

    kind: str
    path: str


def modules_of(folder: ModelFolder) -> list[Module]:
    """The layers in the order of computation; empty for a folder without modules.json."""
    entries = read_json(folder.path / "modules.json")
    rows = [row for row in entries if isinstance(row, dict)] if isinstance(entries, list) else []
    return [
        Module(str(row.get("type", "")).rpartition(".")[2], str(row.get("path", "")))
        for row in rows
    ]


def read_json(path: Path) -> object:
    """The content of a JSON file, or None if there is no such file.

    Raises ``EncoderUnavailable`` if it cannot be read.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise EncoderUnavailable(f"The model file {path} cannot be read: {error}") from error
