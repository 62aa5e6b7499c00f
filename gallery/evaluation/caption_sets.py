"""Captioned pictures, read from a table or a folder, to measure encoders on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gallery.core.errors import InvalidInput
from gallery.embeddings import caption_sources
from gallery.embeddings.caption_sources import Caption

TABLES = ("captions.csv", "captions.tsv", "captions.json")


@dataclass(frozen=True)
class CaptionSet:
    """Captions in the order they were written; a picture has one at least, maybe many."""

    source: Path
    captions: list[Caption]

    @property
    def pictures(self) -> list[Path]:
        """Each once, in the order of their first captions."""
        return list(dict.fromkeys(caption.picture for caption in self.captions))

    def narrowed(self, *, languages: Iterable[str] = (), limit: int | None = None) -> CaptionSet:
        """Only captions in these languages, then only the first ``limit`` pictures.

        Raises ``InvalidInput`` when there is no caption in any of the languages.
        """
        wanted = set(languages)
        kept = [entry for entry in self.captions if not wanted or entry.language in wanted]
        if not kept:
            known = ", ".join(sorted({entry.language for entry in self.captions}))
            asked = ", ".join(sorted(wanted))
            raise InvalidInput(f"There is no caption in {asked}; there are captions in {known}.")
        first = set(CaptionSet(self.source, kept).pictures[:limit])
        return CaptionSet(self.source, [entry for entry in kept if entry.picture in first])


def read(source: Path) -> CaptionSet:
    """A CSV, TSV or JSON table, a folder with ``captions.csv`` (``.tsv``, ``.json``) in it, or one
    of pictures with texts beside them, a caption a line: ``name.txt`` or ``name.<language>.txt``,
    each with or without the picture's suffix after the name.

    A table has a column ``file`` (relative to the table), ``caption`` and perhaps ``language``,
    or one column ``caption_<language>`` per language, or both; cells are parted by commas,
    semicolons or tabs. In JSON it is a list of objects, and a caption may be a list of captions.
    Pictures are not opened, nor looked for. Raises ``InvalidInput`` saying what is not understood.
    """
    try:
        captions = list(_captions(source))
    except OSError as error:
        raise InvalidInput(f"{source} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON
        raise InvalidInput(f"{source} is not understood: {error}.") from error
    if not captions:
        raise InvalidInput(f"There is no caption in {source}.")
    return CaptionSet(source, captions)


def _captions(source: Path) -> Iterator[Caption]:
    if not source.is_dir():
        return caption_sources.in_table(source)
    tables = [source / name for name in TABLES if (source / name).is_file()]
    if tables:
        return caption_sources.in_table(tables[0])
    return caption_sources.beside_pictures(source)
