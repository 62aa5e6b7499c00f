"""A model's folder, and what its own files say of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from gallery.core.errors import EncoderUnavailable

# Measured of the model and no part of it: measuring again must not make it another model.
CALIBRATION = "calibration.json"
# What reading a foreign folder can end in; ``RecursionError`` is a ``RuntimeError``.
UNREADABLE = (
    OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError, ImportError,
)  # fmt: skip


@dataclass(frozen=True)
class ModelFolder:
    """``commit`` is the hub's commit hash, empty for folders that came another way.

    ``texts`` is the folder of another model that reads the texts in this one's place.
    """

    name: str
    path: Path
    commit: str = ""
    texts: ModelFolder | None = None

    @property
    def transformer(self) -> Path:
        """The folder of the CLIP model itself: older models keep it one level below."""
        modules = modules_of(self)
        return self.path / modules[0].path if modules else self.path


class Module(NamedTuple):
    """A line of modules.json: the class and the folder below the model's, maybe none."""

    kind: str
    path: str


def modules_of(model: ModelFolder) -> list[Module]:
    """In the order of computation; empty for a folder without modules.json."""
    modules = read_json(model.path / "modules.json")
    rows = [row for row in modules if isinstance(row, dict)] if isinstance(modules, list) else []
    return [
        Module(str(row.get("type", "")).rpartition(".")[2], str(row.get("path", "")))
        for row in rows
    ]


def read_json(path: Path) -> object:
    """What a JSON file of a model says; None when there is no such file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise EncoderUnavailable(f"The model file {path} cannot be read: {error}") from error
