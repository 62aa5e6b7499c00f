"""The ways to compute a model: in full precision and as integers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from gallery.encoders.onnx import kernel
from gallery.encoders.onnx.files import FULL, PROBE, TEXT, TOKENIZER, VISUAL
from gallery.encoders.onnx_export.int8 import quantise

# From coarse and fast to fine, which is nearly full precision in half its time.
_INTEGERS = {
    "int8": quantise.coarse,
    "int8-attention": quantise.fine_attention,
    "int8-fine": quantise.fine,
}

Fast = TypeVar("Fast")


class Variants(Generic[Fast]):
    """Each in a folder of its own below ``scratch``. What is there in full must be exported before
    the first is asked for; the others are made when they are.
    """

    def __init__(self, scratch: Path, read: Callable[[Path], Fast]) -> None:
        self._scratch = scratch
        self._read = read

    @property
    def makers(self) -> dict[str, Callable[[], Fast]]:
        """By name, as ``gate.choose`` wants them."""
        return {name: partial(self.make, name) for name in (FULL, *_INTEGERS)}

    def folder(self, variant: str) -> Path:
        return self._scratch / variant

    def make(self, variant: str) -> Fast:
        """The model in this variant, whether it passes the gate or not."""
        if not self.folder(variant).exists():
            self._quantise(variant)
        return self._read(self.folder(variant))

    def _quantise(self, variant: str) -> None:
        full, folder = self.folder(FULL), self.folder(variant)
        folder.mkdir()
        for kept in (TOKENIZER, PROBE):
            shutil.copy(full / kept, folder)
        saturates = kernel.saturates(full / PROBE)
        for tower in (VISUAL, TEXT):
            if (full / tower).exists():
                quantise.quantise(
                    full / tower, folder / tower, _INTEGERS[variant], saturates=saturates
                )
