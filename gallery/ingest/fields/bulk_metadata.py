"""Sets metadata of many existing images from lines of JSON."""

from __future__ import annotations

import itertools
import json
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gallery.core.errors import GalleryError, InvalidInput
from gallery.ingest import change
from gallery.models import Image, ImageQuerySet

_LINES_AT_ONCE = 500
# The first of these that a line has says which image it is about.
_KEYS = ("id", "file_name", "external_id")
_FIELDS = ("metadata", "title", "caption", "external_id")


@dataclass(frozen=True)
class Outcome:
    """``error`` is empty if the line was applied; ``line`` counts from 1."""

    line: int
    error: str = ""


@dataclass(frozen=True)
class _Change:
    line: int
    key: str
    value: Any
    fields: dict[str, Any]


def apply(lines: Iterable[str], images: ImageQuerySet) -> Iterator[Outcome]:
    """Change those of ``images`` that the lines name; blank lines are ignored.

    A line is an object with ``id``, ``file_name`` or ``external_id`` of one image, and
    ``metadata``, ``title`` or ``caption``. Next to one of the first two, ``external_id`` is set
    too. A line with an error changes nothing. Each ``_LINES_AT_ONCE`` lines are one transaction.
    """
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    while batch := list(itertools.islice(numbered, _LINES_AT_ONCE)):
        yield from _apply_batch(batch, images)


@transaction.atomic
def _apply_batch(batch: Sequence[tuple[int, str]], images: ImageQuerySet) -> list[Outcome]:
    outcomes: list[Outcome] = []
    changes: list[_Change] = []
    for number, line in batch:
        try:
            changes.append(_parsed(number, line))
        except InvalidInput as error:
            outcomes.append(Outcome(number, error.message))
    matches = _matches(changes, images)
    keys = {key for keys_of_item in matches.values() for key in keys_of_item}
    # Locked in the order of their keys, as a deletion does.
    locked = images.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True, of=("self",))
    rows = {image.pk: image for image in locked.only("owner_id")}
    for item in changes:
        matching_rows = [rows[key] for key in matches[item.key, item.value] if key in rows]
        outcomes.append(Outcome(item.line, _applied(item, matching_rows)))
    return sorted(outcomes, key=lambda outcome: outcome.line)


def _applied(item: _Change, matching_rows: Sequence[Image]) -> str:
    """The error, if there is one."""
    if len(matching_rows) != 1:
        return f"{len(matching_rows)} pictures have the {item.key} {item.value!s}."
    try:
        change.edit(matching_rows[0], **item.fields)
    except GalleryError as error:
        return error.message
    return ""


def _matches(
    changes: Sequence[_Change], images: ImageQuerySet
) -> dict[tuple[str, Any], list[uuid.UUID]]:
    """The keys of the images for each name and value by which a line names its image."""
    matches: dict[tuple[str, Any], list[uuid.UUID]] = defaultdict(list)
    for name in _KEYS:
        values = {item.value for item in changes if item.key == name}
        # The condition of the unique index on external ids; without it, it is not used.
        rows = images.exclude(external_id="") if name == "external_id" else images
        for value, key in rows.filter(**{f"{name}__in": values}).values_list(name, "pk"):
            matches[name, value].append(key)
    return matches


def _parsed(number: int, line: str) -> _Change:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        raise InvalidInput("This is not JSON.") from None
    if not isinstance(document, dict):
        raise InvalidInput("This is not a JSON object.")
    if unknown := sorted(set(document) - {*_KEYS, *_FIELDS}):
        raise InvalidInput(f"{', '.join(unknown)} cannot be set.")
    for name in set(document) - {"metadata"}:
        value = document[name]
        if not isinstance(value, str) or re.search("[\0\ud800-\udfff]", value):
            raise InvalidInput(f"{name} must be a text.")
    key = next((name for name in _KEYS if document.get(name)), None)
    if key is None:
        raise InvalidInput(f"One of {', '.join(_KEYS)} is required.")
    fields = {name: document[name] for name in _FIELDS if name in document and name != key}
    if not fields:
        raise InvalidInput("There is nothing to set.")
    return _Change(number, key, _uuid(document[key]) if key == "id" else document[key], fields)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise InvalidInput(f"{text} is not an id.") from None
