"""The models that can be asked for by a short name, and which of them are on this machine."""

from __future__ import annotations

from dataclasses import dataclass

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model import lookup
from gallery.encoders.model.presets import PRESETS


@dataclass(frozen=True, kw_only=True)
class KnownModel:
    """``here``: it can be used without a network. A model that reads texts for another one is
    here when both are; ``megabytes`` counts it alone.
    """

    name: str
    languages: str
    megabytes: int
    licence: str
    obtained: str
    here: bool


def known_models() -> list[KnownModel]:
    """In the order of the table of presets; no hub is asked."""
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
