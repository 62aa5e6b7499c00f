"""The variants of an exported model: full precision and three kinds of 8-bit integers.

To add a variant, write its ``PartsRule`` in ``int8/quantise.py``, add it to ``_INT8_VARIANTS`` and
raise ``_FORMAT`` in ``onnx/machine.py``, so that sites export and measure their models again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from gallery.encoders.onnx import kernel
from gallery.encoders.onnx.card import FULL
from gallery.encoders.onnx.files import PROBE, TEXT, TOKENIZER, VISUAL
from gallery.encoders.onnx_export.int8 import quantise

# From coarse and fast to fine and slow, which is the order that ``gate.choose`` needs. The finest
# is nearly as exact as full precision and takes little more than half of its time.
_INT8_VARIANTS = {
    "int8": quantise.coarse,
    "int8-attention": quantise.fine_attention,
    "int8-fine": quantise.fine,
}

AnyEncoder = TypeVar("AnyEncoder")


class Variants(Generic[AnyEncoder]):
    """Each variant has its own folder in ``scratch``.

    The caller must export the variant in full precision before it uses another one. The others
    are made from its files when they are first used.
    """

    def __init__(self, scratch: Path, read: Callable[[Path], AnyEncoder]) -> None:
        """``read`` makes an encoder from the folder of a variant."""
        self._scratch = scratch
        self._read = read

    @property
    def makers(self) -> dict[str, Callable[[], AnyEncoder]]:
        """``make`` for each variant, by name, in the order that ``gate.choose`` needs."""
        return {name: partial(self.make, name) for name in (FULL, *_INT8_VARIANTS)}

    def folder(self, variant: str) -> Path:
        return self._scratch / variant

    def make(self, variant: str) -> AnyEncoder:
        """An encoder of this variant. Its files are written if they do not exist yet."""
        if not self.folder(variant).exists():
            self._quantise(variant)
        return self._read(self.folder(variant))

    def _quantise(self, variant: str) -> None:
        full, folder = self.folder(FULL), self.folder(variant)
        folder.mkdir()
        for name in (TOKENIZER, PROBE):
            shutil.copy(full / name, folder)
        saturates = kernel.saturates(full / PROBE)
        for tower in (VISUAL, TEXT):
            if (full / tower).exists():
                quantise.quantise(
                    full / tower, folder / tower, _INT8_VARIANTS[variant], saturates=saturates
                )
