"""The models that have a short name, and which of them are on this machine."""

from __future__ import annotations

from dataclasses import dataclass

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model import lookup
from gallery.encoders.model.presets import PRESETS


@dataclass(frozen=True, kw_only=True)
class KnownModel:
    """``here`` is whether the model can be used without a download. A model that only encodes texts
    needs another one for pictures, so ``here`` covers both; ``megabytes`` is its own size only.
    """

    name: str
    languages: str
    megabytes: int
    licence: str
    obtained: str
    here: bool


def known_models() -> list[KnownModel]:
    """In the order of the presets. Makes no request to the model hub."""
    return [
        KnownModel(
            name=preset.name,
            languages=preset.languages,
            megabytes=preset.megabytes,
            licence=preset.licence,
            obtained=preset.obtained,
            here=_is_here(preset.name),
        )
        for preset in PRESETS.values()
    ]


def _is_here(name: str) -> bool:
    try:
        lookup.find(name)
    except EncoderUnavailable:
        return False
    return True
