"""The models that have a short name, as a table for a terminal."""

from __future__ import annotations

from gallery.management.columns import aligned
from gallery.operations.known_models import KnownModel

_HEADINGS = ("name", "here", "size", "languages", "licence", "how obtained")
_AFTER = (
    "NAME in `encoder choose --name NAME` is one of these, another CLIP model of the hub with a\n"
    "width of 512, or a folder. TEXTS+PICTURES names two models: one for texts, one for pictures."
)


def table(models: list[KnownModel]) -> str:
    """Columns as wide as their values, and a hint how to use other models."""
    rows = [_HEADINGS, *(_row(model) for model in models)]
    return f"{aligned(rows)}\n\n{_AFTER}"


def _row(model: KnownModel) -> tuple[str, ...]:
    return (
        model.name,
        "yes" if model.here else "no",
        f"{model.megabytes} MB",
        model.languages,
        model.licence,
        model.obtained,
    )
