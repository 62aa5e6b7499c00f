"""One tag of a vocabulary that is loaded, and the rules for its values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from gallery.core.errors import InvalidInput
from gallery.models import TagKind
from gallery.models.tags.names import normalised

_MAX_TEMPLATE = 100  # characters, as in the model
# Each template is a text to encode when the tag is measured.
_MOST_TEMPLATES = 50
_MAX_GROUP = 40  # characters, as in the model
_COLOUR = re.compile(r"#[0-9a-f]{6}")
FIELDS = ("name", "name_zh", "group", "kind", "colour", "templates")


@dataclass(frozen=True)
class Entry:
    """``place`` says where it is in its file, for messages."""

    name: str
    name_zh: str
    group: str
    kind: str
    colour: str
    templates: tuple[str, ...]
    place: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, self.name_zh) if self.name_zh else (self.name,)


def entry_of(values: Mapping[str, Any], *, place: str) -> Entry:
    """Raises ``InvalidInput``, with the place in its message."""
    try:
        return Entry(
            name=normalised(_text(values, "name")),
            name_zh=_chinese(_text(values, "name_zh")),
            group=_group(_text(values, "group")),
            kind=_kind(_text(values, "kind")),
            colour=_colour(_text(values, "colour")),
            templates=tuple(checked_templates(values.get("templates") or [])),
            place=place,
        )
    except InvalidInput as error:
        raise InvalidInput(f"{place}: {error.message}") from None


def checked_templates(lines: Iterable[str]) -> list[str]:
    """Without blank lines. Raises ``InvalidInput``."""
    templates = [line.strip() for line in lines if line.strip()]
    if any("{}" not in line or len(line) > _MAX_TEMPLATE for line in templates):
        message = gettext_noop(
            "Each line needs {} for the name, and may have at most 100 characters."
        )
        raise InvalidInput(message, field="templates")
    if len(templates) > _MOST_TEMPLATES:
        message = gettext_noop("A tag may have at most 50 templates.")
        raise InvalidInput(message, field="templates", limit=_MOST_TEMPLATES)
    return templates


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name) or ""
    if not isinstance(value, str):
        raise InvalidInput(f"{name} must be a text.")
    return value.strip()


def _chinese(name: str) -> str:
    return normalised(name) if name else ""


def _group(group: str) -> str:
    if len(group) > _MAX_GROUP:
        raise InvalidInput(f"group may have at most {_MAX_GROUP} characters.")
    return group


def _kind(kind: str) -> str:
    if kind and kind not in TagKind.values:
        raise InvalidInput(f"kind must be {' or '.join(TagKind.values)}.")
    return kind or TagKind.SUBJECT.value


def _colour(colour: str) -> str:
    if colour and not _COLOUR.fullmatch(colour.lower()):
        raise InvalidInput("colour must be #rrggbb.")
    return colour.lower()
