"""Captioned pictures, read from a table or a folder, to measure encoders with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gallery.core.errors import InvalidInput
from gallery.evaluation import caption_sources
from gallery.evaluation.caption_sources import Caption

TABLES = ("captions.csv", "captions.tsv", "captions.json")


@dataclass(frozen=True)
class CaptionSet:
    """Captions in the order of their source. A picture has one caption or several."""

    source: Path
    captions: list[Caption]

    @property
    def pictures(self) -> list[Path]:
        """Each picture once, in the order of the first captions."""
        return list(dict.fromkeys(caption.picture for caption in self.captions))

    def narrowed(self, *, languages: Iterable[str] = (), limit: int | None = None) -> CaptionSet:
        """Only captions in these languages, then only the first ``limit`` pictures.

        Raises ``InvalidInput`` if no caption is in any of the languages.
        """
        chosen = set(languages)
        captions = [entry for entry in self.captions if not chosen or entry.language in chosen]
        if not captions:
            available = ", ".join(sorted({entry.language for entry in self.captions}))
            missing = ", ".join(sorted(chosen))
            raise InvalidInput(
                f"There is no caption in {missing}; there are captions in {available}."
            )
        pictures = set(CaptionSet(self.source, captions).pictures[:limit])
        return CaptionSet(self.source, [entry for entry in captions if entry.picture in pictures])


def read(source: Path) -> CaptionSet:
    """Read a table, a folder with a table, or a folder of pictures with text files beside them.

    A table is a CSV, TSV or JSON file; in a folder it is named ``captions.csv``, ``.tsv`` or
    ``.json``. It has a column ``file`` (relative to the table) and either ``caption``, optionally
    with ``language``, or one column ``caption_<language>`` per language, or both. Cells are
    separated by commas, semicolons or tabs. In JSON it is a list of objects, and a caption may be
    a list of captions.

    Text files have one caption per line. They are named ``name.txt`` or ``name.<language>.txt``,
    where ``name`` is the picture's name with or without its suffix.

    Pictures are not opened, and they need not exist. Raises ``InvalidInput`` if the source cannot
    be read, is malformed or has no caption.
    """
    try:
        captions = list(_captions(source))
    except OSError as error:
        raise InvalidInput(f"{source} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:  # not UTF-8, or not JSON
        raise InvalidInput(f"{source} cannot be parsed: {error}.") from error
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
