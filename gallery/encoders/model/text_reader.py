"""Which model reads a name's texts, told apart without reading its files: for what is remembered
of texts. The fingerprint is that of the pictures' model alone.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model.hub_cache import WANTED
from gallery.encoders.model.lookup import find_texts
from gallery.encoders.model.names import towers_of


def reader_of(name: str) -> str:
    """The same for as long as this process runs, as its models are; of a model that is not here,
    the name alone.
    """
    try:
        return _reader_of(name)
    except EncoderUnavailable:
        return name


@lru_cache(maxsize=16)
def _reader_of(name: str) -> str:
    towers = towers_of(name)
    if towers is None:
        return name
    texts = find_texts(towers.texts)
    return f"{name} {texts.commit or _stamp(texts.path)}"


def _stamp(folder: Path) -> str:
    """A copy with other times counts as another model, which costs some searches their memory."""
    files = sorted(path for pattern in WANTED for path in folder.rglob(pattern) if path.is_file())
    told = [(str(file.relative_to(folder)), file.stat()) for file in files]
    lines = [f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in told]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
