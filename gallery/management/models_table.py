"""The models that can be asked for by a short name, as a table for a terminal."""

from __future__ import annotations

from gallery.operations.known_models import KnownModel

_HEADINGS = ("name", "here", "size", "languages", "licence", "how obtained")
_AFTER = (
    "`encoder choose --name NAME` takes one of them, another CLIP model of the hub with 512\n"
    "numbers, or a folder; `TEXTS+PICTURES` takes two models, one for texts and one for pictures."
)


def table(models: list[KnownModel]) -> str:
    """Columns as wide as what is in them, and a word on what else there is."""
    rows = [_HEADINGS, *(_row(model) for model in models)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join([*lines, "", _AFTER])


def _row(model: KnownModel) -> tuple[str, ...]:
    return (
        model.name,
        "yes" if model.here else "no",
        f"{model.megabytes} MB",
        model.languages,
        model.licence,
        model.obtained,
    )
