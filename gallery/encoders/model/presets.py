"""Models that can be chosen by a short name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Preset:
    """``megabytes`` is the size of the download. ``revision`` is the commit of the hub that was
    checked; ``name@revision`` chooses another one.

    A preset with ``pictures`` encodes texts only. ``pictures`` is the preset that encodes the
    pictures for it: changing from one to the other changes no stored vector.
    """

    name: str
    languages: str
    megabytes: int
    licence: str
    repository: str = ""
    revision: str = ""
    pictures: str = ""

    @property
    def obtained(self) -> str:
        """How a site gets the model, as a phrase for people."""
        if not self.repository:
            return "comes with the gallery"
        addition = f", with {self.pictures} for the pictures" if self.pictures else ""
        return f"downloaded from the model hub{addition}"


_TABLE = (
    Preset(
        name="builtin",
        languages="English, Chinese; drawings only",
        megabytes=12,
        licence="OFL-1.1 and Unicode-3.0 (what it was trained on)",
    ),
    Preset(
        name="clip-ViT-B-32",
        languages="English",
        megabytes=605,
        licence="MIT",
        repository="sentence-transformers/clip-ViT-B-32",
        revision="327ab6726d33c0e22f920c83f2ff9e4bd38ca37f",
    ),
    Preset(
        name="clip-ViT-B-32-multilingual-v1",
        languages="more than 50, Chinese among them",
        megabytes=539,
        licence="Apache-2.0",
        repository="sentence-transformers/clip-ViT-B-32-multilingual-v1",
        revision="58edf8cada9e398793dca955574a48cbb7f18be2",
        pictures="clip-ViT-B-32",
    ),
    Preset(
        name="clip-ViT-B-32-laion2B",
        languages="English",
        megabytes=605,
        licence="MIT",
        repository="laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
        revision="1a25a446712ba5ee05982a381eed697ef9b435cf",
    ),
)
PRESETS: dict[str, Preset] = {preset.name: preset for preset in _TABLE}
_BY_REPOSITORY = {preset.repository: preset for preset in _TABLE if preset.repository}


def preset_of(name: str) -> Preset | None:
    """The preset of a short name or of a hub repository, with or without ``@revision``."""
    bare_name, _, _ = name.partition("@")
    return PRESETS.get(bare_name) or _BY_REPOSITORY.get(bare_name)
