"""Exports contain simplified graphs."""

from __future__ import annotations

import json
from pathlib import Path


def test_exports_are_simplified(exported_tiny: Path, exported_texts: Path) -> None:
    whole, texts = (
        json.loads((folder / "card.json").read_text())["simplified"]
        for folder in (exported_tiny, exported_texts)
    )
    assert whole == {"visual.onnx": True, "text.onnx": True}
    assert texts == {"text.onnx": True}
