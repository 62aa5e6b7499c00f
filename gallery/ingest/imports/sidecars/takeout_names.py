"""Which file of a Google Takeout describes a picture.

Google does not publish the rules; these are what people read from their exports
(docs/sidecars.md). The name of a sidecar is the picture's name and ``.supplemental-metadata``
(before 2025 nothing), cut to 46 characters, then the number of a repeated name, then ``.json``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_SUFFIX = ".supplemental-metadata"
# Google counts UTF-16 code units.
_LONGEST = 46
# Names of pictures have at most 51; what does not fit is missing at their end.
_LONGEST_PICTURE = 51
_NUMBER = re.compile(r"(.+)(\(\d+\))")
# An edited picture has no sidecar of its own. The word is in the language of the account.
_EDITED = (
    "-edited", "-effects", "-smile", "-mix", "-bearbeitet", "-bewerkt", "-editado", "-editat",
    "-edytowane", "-ha editado", "-modificato", "-modifié",
    "-編集済み", "-编辑", "-已修改", "-已編輯",
)  # fmt: skip
# An edited HEIC becomes a JPEG, but its sidecar has the name of the HEIC.
_EXTENSIONS = (".jpg", ".jpeg", ".png", ".heic", ".webp", ".gif", ".avif", ".tif", ".tiff", ".dng")


def sidecars_of(picture: str) -> Iterator[str]:
    """The names that the sidecar may have, the most likely first; all end in ``.json``."""
    names = (f"{stem}{number}.json" for title, number in _titles(picture) for stem in _stems(title))
    yield from dict.fromkeys(names)


def _titles(picture: str) -> Iterator[tuple[str, str]]:
    """What Google called the picture, and the number it added to a repeated name."""
    stem, extension = _split(picture)
    yield picture, ""
    repeated = _NUMBER.fullmatch(stem)
    if repeated:
        yield repeated[1] + extension, repeated[2]
    unnumbered, number = (repeated[1], repeated[2]) if repeated else (stem, "")
    for original in _originals(unnumbered, number, extension):
        for title in (original + extension, *_with_other_extensions(original)):
            yield title, number
        if not number and (inner := _NUMBER.fullmatch(original)):
            yield inner[1] + extension, inner[2]
    if repeated and _units(unnumbered + extension) > _LONGEST:
        # Of several pictures with one long name, only the first has a sidecar.
        yield unnumbered + extension, ""


def _originals(stem: str, number: str, extension: str) -> Iterator[str]:
    """Names of the picture that was edited; without the word, or what the cut left of it."""
    folded = unicodedata.normalize("NFC", stem)
    for word in _EDITED:
        if folded.casefold().endswith(word):
            yield folded[: -len(word)]
    if _units(stem + extension) >= _LONGEST_PICTURE and "-" in stem:
        original, _, rest = folded.rpartition("-")
        if any(word.startswith(f"-{rest}") for word in _EDITED):
            yield original


def _with_other_extensions(stem: str) -> Iterator[str]:
    for extension in _EXTENSIONS:
        yield stem + extension
        yield stem + extension.upper()


def _stems(title: str) -> Iterator[str]:
    """Without number and ``.json``."""
    full = title + _SUFFIX
    yield from (full, title, *_cut(full), *_cut(title))
    # Programs that unpack archives cut further, at any character.
    for length in range(len(_SUFFIX) - 1, 0, -1):
        yield title + _SUFFIX[:length]
    stem, _ = _split(title)
    yield from (stem + _SUFFIX, stem)


def _cut(text: str) -> tuple[str, str]:
    """To 46 code units, and to 46 characters."""
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * _LONGEST]
    return units.decode("utf-16-le", "ignore"), text[:_LONGEST]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _split(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    return (stem, dot + extension) if stem else (name, "")
