"""The names of the files that an export writes into its folder, and their sizes."""

from __future__ import annotations

from pathlib import Path

VISUAL, TEXT, TOKENIZER, CARD = "visual.onnx", "text.onnx", "tokenizer.json", "card.json"
# A small graph that shows how a machine's kernels multiply (``kernel.saturates``).
PROBE = "probe.onnx"


def sizes_in(folder: Path) -> dict[str, int]:
    """The bytes of each file except the card. They reveal a file that was cut off later."""
    names = (VISUAL, TEXT, TOKENIZER, PROBE)
    return {name: (folder / name).stat().st_size for name in names if (folder / name).exists()}
