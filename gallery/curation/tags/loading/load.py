"""Adds a vocabulary: its new tags, and what existing tags of the same names lack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction

from gallery.core.errors import InvalidInput, NotFound
from gallery.curation.tags.loading import vocabulary_file
from gallery.curation.tags.loading.entries import Entry
from gallery.models import Tag
from gallery.models.tags.names import key_of

_FOLDER = Path(__file__).parent.with_name("vocabularies")
_ROWS_AT_ONCE = 1_000


class Loaded(NamedTuple):
    """How many tags of the vocabulary are new, were completed, and stay as they were."""

    added: int
    completed: int
    skipped: int


def available() -> list[str]:
    """The names of the ready-made vocabularies."""
    return sorted(file.stem for file in _FOLDER.glob("*.json"))


def load(name: str) -> Loaded:
    """Add the tags of a ready-made vocabulary. Raises ``NotFound``, and as ``load_file``."""
    if name not in available():
        raise NotFound(f"There is no vocabulary {name}. There are {', '.join(available())}.")
    return load_file(_FOLDER / f"{name}.json")


def load_file(path: Path) -> Loaded:
    """Add the tags of a file, all or none.

    A tag that a member added becomes one of the vocabulary. A tag of staff only gets a missing
    Chinese name. Raises ``InvalidInput``, which names the line, and ``OSError``.
    """
    entries = vocabulary_file.read(path)
    with transaction.atomic():
        with connection.cursor() as cursor:  # Nobody adds one of the names meanwhile.
            cursor.execute("LOCK TABLE gallery_tag IN SHARE ROW EXCLUSIVE MODE")
        names = [name for entry in entries for name in entry.names]
        existing = _by_key(Tag.objects.named(*names))
        new: list[Tag] = []
        completed = 0
        for entry in entries:
            tags = [existing[key] for key in map(key_of, entry.names) if key in existing]
            if tags:
                completed += _complete(tags[0], entry, existing)
            else:
                new.append(_new(entry))
        Tag.objects.bulk_create(new, batch_size=_ROWS_AT_ONCE)
        _check_count()
    return Loaded(len(new), completed, len(entries) - len(new) - completed)


def _by_key(tags: Iterable[Tag]) -> dict[str, Tag]:
    keys = {tag.name_zh_key: tag for tag in tags if tag.name_zh_key}
    return keys | {tag.name_key: tag for tag in tags}


def _complete(tag: Tag, entry: Entry, existing: Mapping[str, Tag]) -> bool:
    """Whether the tag has changed. It gets no name that another tag has."""
    before = _values(tag)
    if not tag.is_official:
        tag.is_official = tag.is_suggested = True
        tag.kind = entry.kind
        tag.group = tag.group or entry.group
        tag.colour = tag.colour or entry.colour
        tag.templates = tag.templates or list(entry.templates)
        if existing.get(key_of(entry.name), tag) == tag:
            tag.name = entry.name
    if not tag.name_zh and existing.get(key_of(entry.name_zh), tag) == tag:
        tag.name_zh = entry.name_zh
    if changed := _values(tag) != before:
        tag.save()
    return changed


def _values(tag: Tag) -> tuple[object, ...]:
    return (
        tag.name, tag.name_zh, tag.kind, tag.group, tag.colour, list(tag.templates),
        tag.is_suggested, tag.is_official,
    )  # fmt: skip


def _new(entry: Entry) -> Tag:
    return Tag(
        name=entry.name,
        name_zh=entry.name_zh,
        group=entry.group,
        kind=entry.kind,
        colour=entry.colour,
        templates=list(entry.templates),
        is_official=True,
    )


def _check_count() -> None:
    if Tag.objects.suggested().count() > Tag.MAX_SUGGESTED:
        raise InvalidInput(f"At most {Tag.MAX_SUGGESTED:,} tags can be suggested for pictures.")
