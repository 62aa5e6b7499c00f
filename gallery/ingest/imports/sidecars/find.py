"""Finds and reads the sidecars of a picture."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Set
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from gallery.ingest.imports.sidecars import immich, photoprism, takeout, takeout_names, xmp
from gallery.ingest.imports.sidecars.facts import Problem, SidecarFacts, merged, shortened

# A larger file is not a sidecar that people read. ``read`` need not give more than one byte more.
MAX_BYTES = 1 << 20

Read = Callable[[str], bytes]


def facts_for(name: str, names: Collection[str], read: Read) -> SidecarFacts:
    """What the sidecars of a picture say; for the same field XMP first, then PhotoPrism, then JSON.

    ``name`` is the picture's path in the folder or archive, ``names`` are the paths of all files
    of its folder (with a set, no time depends on their number), and ``read`` gives the first bytes
    of one of them; it raises ``KeyError`` or ``OSError``. Never raises: what cannot be read is in
    ``problems``.
    """
    files = names if isinstance(names, Set) else frozenset(names)
    folder, picture = _split(name)
    facts = SidecarFacts()
    for candidates, facts_of in (
        (_beside(picture, ".xmp"), xmp.facts_of),
        (_beside(picture, ".yml"), photoprism.facts_of),
    ):
        facts = merged(facts, _first(folder, candidates, files, read, facts_of))
    return shortened(merged(facts, _from_json(folder, picture, files, read)))


def has_sidecar(name: str, names: Collection[str]) -> bool:
    """Whether one of these files describes the picture, not only its folder."""
    folder, picture = _split(name)
    candidates = (
        *_beside(picture, ".xmp"),
        *_beside(picture, ".yml"),
        *_either_case(takeout_names.sidecars_of(picture)),
    )
    return any(folder + candidate in names for candidate in candidates)


def _split(name: str) -> tuple[str, str]:
    """The folder with its slash, and the file in it."""
    picture = PurePosixPath(name).name
    return name[: len(name) - len(picture)], picture


def _from_json(folder: str, picture: str, names: Set[str], read: Read) -> SidecarFacts:
    """With the title of the album that the folder of a Takeout is."""
    candidates = _either_case(takeout_names.sidecars_of(picture))
    facts = _first(folder, candidates, names, read, lambda data: _of_json(data, picture))
    album = _first(folder, takeout.ALBUM_FILES, names, read, _of_album)
    return replace(facts, metadata={**album.metadata, **facts.metadata})


def _beside(picture: str, extension: str) -> Iterator[str]:
    """``IMG.jpg.xmp`` is of this picture alone, ``IMG.xmp`` perhaps of its raw file too."""
    for stem in (picture, PurePosixPath(picture).stem):
        yield stem + extension
        yield stem + extension.upper()


def _either_case(candidates: Iterable[str]) -> Iterator[str]:
    for candidate in candidates:
        yield candidate
        yield candidate.removesuffix(".json") + ".JSON"


def _first(
    folder: str,
    candidates: Iterable[str],
    names: Set[str],
    read: Read,
    facts_of: Callable[[bytes], SidecarFacts],
) -> SidecarFacts:
    """The facts of the first candidate that exists."""
    sidecar = next((folder + each for each in candidates if folder + each in names), None)
    if sidecar is None:
        return SidecarFacts()
    try:
        data = read(sidecar)
    except (KeyError, OSError):
        return SidecarFacts(problems=(Problem.UNREADABLE,))
    if len(data) > MAX_BYTES:
        return SidecarFacts(problems=(Problem.TOO_LARGE,))
    return facts_of(data)


def _of_json(data: bytes, file_name: str) -> SidecarFacts:
    document = _parsed(data)
    if document is None:
        return SidecarFacts(problems=(Problem.DAMAGED,))
    if takeout.is_picture(document):
        return takeout.facts_of(document, file_name)
    if immich.is_picture(document):
        return immich.facts_of(document)
    return SidecarFacts(problems=(Problem.UNKNOWN,))


def _of_album(data: bytes) -> SidecarFacts:
    title = takeout.album_title(_parsed(data) or {})
    return SidecarFacts(metadata={"album": title} if title else {})


def _parsed(data: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
