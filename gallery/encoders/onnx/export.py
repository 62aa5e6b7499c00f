"""The disposable program that makes a model's ONNX files and lets no bad ones through.

``python -m gallery.encoders.onnx.export NAME PATH COMMIT TARGET``: exports both towers, makes
integer variants, measures them against the reference and puts what serves into ``TARGET`` at one
stroke. Torch and all it needs end with this process. One such process per model works at a time;
one that comes second leaves at once. Exit status 0: the files are there or somebody makes them.
"""

from __future__ import annotations

import fcntl
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gallery.encoders.fingerprint import fingerprint_of
from gallery.encoders.model_folder import ModelFolder
from gallery.encoders.onnx import files
from gallery.encoders.onnx.files import Card


def export(model: ModelFolder, target: Path) -> Card:
    """Replaces the target folder. Raises whatever a foreign model ends in."""
    # Torch takes seconds to import: a process that comes second should not need it.
    from gallery.encoders.onnx.variants import FULL, Variants
    from gallery.encoders.reference import SentenceTransformerEncoder

    reference = SentenceTransformerEncoder(model)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
        variants = Variants(reference, Path(scratch))
        card = variants.choose()
        ready = Path(scratch) / "ready"
        ready.mkdir(mode=0o755)
        if card.usable:
            (variants.folder(card.visual) / files.VISUAL).rename(ready / files.VISUAL)
            (variants.folder(card.text) / files.TEXT).rename(ready / files.TEXT)
            (variants.folder(FULL) / files.TOKENIZER).rename(ready / files.TOKENIZER)
        card = replace(card, sizes=files.sizes_in(ready))
        card.write(ready)
        if target.exists():  # made on another machine, or of an older format
            target.rename(Path(scratch) / "old")
        ready.rename(target)
    return card


@contextmanager
def _alone(target: Path) -> Iterator[bool]:
    """Whether no other process makes the same files; released when this one ends, however."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / f".{target.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def main() -> None:
    name, path, commit, folder = sys.argv[1:]
    model, target = ModelFolder(name, Path(path), commit), Path(folder)
    os.nice(10)
    with _alone(target) as alone:
        if alone and files.read_card(target, fingerprint_of(model)) is None:
            export(model, target)


if __name__ == "__main__":
    main()
