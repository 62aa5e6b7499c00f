"""Export a model into a folder.

The functions import torch when they are called, because the import takes seconds: a process that
only needs to see that another one exports the same model ends without it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import files
from gallery.encoders.onnx.card import FULL, AnyCard, Card, TextCard
from gallery.encoders.onnx.export_folder import text_export_folder

if TYPE_CHECKING:
    from gallery.encoders.onnx_export.variants import Variants


def export(model: ModelFolder, target: Path) -> Card:
    """Export both towers and replace the target folder.

    The card is written even if no variant passes the gate. A model of unknown architecture may
    raise any exception.
    """
    from gallery.encoders.onnx_export.whole_model import WholeModelExport
    from gallery.encoders.reference.encoder import ReferenceEncoder

    reference = ReferenceEncoder(model)
    with _scratch_folder(target) as scratch:
        towers = WholeModelExport(reference, scratch)
        return _publish(towers.choose(), towers.variants, scratch, target)


def export_texts(model: ModelFolder, target: Path) -> TextCard:
    """Like ``export``, but for a model that only encodes texts."""
    from gallery.encoders.onnx_export.text_model import TextModelExport
    from gallery.encoders.reference.text_encoder import ReferenceTextEncoder

    fingerprint = text_export_folder(fingerprint_of(model)).fingerprint
    reference = ReferenceTextEncoder(model)
    with _scratch_folder(target) as scratch:
        tower = TextModelExport(reference, fingerprint, scratch)
        return _publish(tower.choose(), tower.variants, scratch, target)


@contextmanager
def _scratch_folder(target: Path) -> Iterator[Path]:
    """A temporary folder beside the target.

    Deletes the scratch folders of killed exports first, which may hold gigabytes.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for orphan in target.parent.glob(f".{target.name}-*"):
        shutil.rmtree(orphan, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
        yield Path(scratch)


def _publish(card: AnyCard, variants: Variants[Any], scratch: Path, target: Path) -> AnyCard:
    """Move the files that serve and their card to the target. Returns the card with the sizes."""
    ready = scratch / "ready"
    ready.mkdir(mode=0o755)
    (variants.folder(FULL) / files.PROBE).rename(ready / files.PROBE)
    if card.usable:
        for tower, variant in {**card.towers, files.TOKENIZER: FULL}.items():
            (variants.folder(variant) / tower).rename(ready / tower)
    card = replace(card, sizes=files.sizes_in(ready))
    card.write(ready)
    if target.exists():  # an export from another machine or in an older format
        target.rename(scratch / "old")
    ready.rename(target)
    return card
