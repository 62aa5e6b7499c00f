"""The disposable program that makes a model's ONNX files and lets no bad ones through.

``python -m gallery.encoders.onnx.export whole|texts NAME PATH COMMIT TARGET``: exports both towers
or the one for texts, makes integer variants, measures them against the reference and puts what
serves into ``TARGET`` at one stroke. Torch and all it needs end with this process. One such
process per model works at a time; one that comes second leaves at once. Exit status 0: the files
are there or somebody makes them.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import files
from gallery.encoders.onnx.files import AnyCard, Card, TextCard

if TYPE_CHECKING:
    from gallery.encoders.onnx.variants import Variants

# Torch takes seconds to import: a process that comes second should not need it.


def export(model: ModelFolder, target: Path) -> Card:
    """Replaces the target folder. Raises whatever a foreign model ends in."""
    from gallery.encoders.onnx.both_towers import BothTowers
    from gallery.encoders.reference import SentenceTransformerEncoder

    reference = SentenceTransformerEncoder(model)
    with _scratch(target) as scratch:
        towers = BothTowers(reference, scratch)
        return _lay(towers.choose(), towers.variants, scratch, target)


def export_texts(model: ModelFolder, target: Path) -> TextCard:
    """As ``export``, of a model used for its texts alone."""
    from gallery.encoders.onnx.one_tower import OneTower
    from gallery.encoders.text_tower import TextTower

    fingerprint = files.texts_alone(fingerprint_of(model)).fingerprint
    reference = TextTower(model)
    with _scratch(target) as scratch:
        tower = OneTower(reference, fingerprint, scratch)
        return _lay(tower.choose(), tower.variants, scratch, target)


@contextmanager
def _scratch(target: Path) -> Iterator[Path]:
    """A folder of its own; those of exports that were killed, gigabytes maybe, are taken away."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{target.name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
        yield Path(scratch)


def _lay(card: AnyCard, variants: Variants[Any], scratch: Path, target: Path) -> AnyCard:
    ready = scratch / "ready"
    ready.mkdir(mode=0o755)
    (variants.folder(files.FULL) / files.PROBE).rename(ready / files.PROBE)
    if card.usable:
        for tower, variant in {**card.towers, files.TOKENIZER: files.FULL}.items():
            (variants.folder(variant) / tower).rename(ready / tower)
    card = replace(card, sizes=files.sizes_in(ready))
    card.write(ready)
    if target.exists():  # made on another machine, or of an older format
        target.rename(scratch / "old")
    ready.rename(target)
    return card


@contextmanager
def _alone(target: Path) -> Iterator[bool]:
    """Whether no other process makes the same files; released when this one ends, however.

    Other files are waited for: an export takes gigabytes, and two models in one mean two exports.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        (target.parent / f".{target.name}.lock").open("w") as mine,
        (target.parent / ".turn.lock").open("w") as turn,
    ):
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield True


def main() -> None:
    what, name, path, commit, folder = sys.argv[1:]
    model, target = ModelFolder(name, Path(path), commit), Path(folder)
    os.nice(10)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and so through the `with` blocks
    with _alone(target) as alone:
        if not alone:
            return
        fingerprint, texts = fingerprint_of(model), what == files.TEXTS
        place: files.Place[Any] = files.whole(fingerprint)
        if texts:
            place = files.texts_alone(fingerprint)
        if files.read_card(target, place) is None:
            (export_texts if texts else export)(model, target)


if __name__ == "__main__":
    main()
