"""The rows of a page, read with one statement of our own.

Django would compile its SQL again for each search and load all columns of the owners
(benchmarks/search_parts.py).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

from gallery.encoders.base import Vector
from gallery.models import EmbeddingSpace, Image, ImageQuerySet, User
from gallery.vectorindex.similarity import similarity_column, stored_vector_column


@dataclass(frozen=True, kw_only=True)
class RowOptions:
    """What is read with the rows, as far as it is set.

    ``vector`` asks for the similarity to it, ``vectors_for`` for the stored vectors of images
    that this person owns, and ``counts`` for the number of rows of these querysets.
    """

    space: EmbeddingSpace | None = None
    vector: Vector | None = None
    vectors_for: User | None = None
    counts: tuple[tuple[str, QuerySet[Any, Any]], ...] = ()


class _Column(NamedTuple):
    """A column that is not a field: it becomes the attribute ``name``."""

    name: str
    sql: str
    values: Sequence[Any] = ()


class _Fields:
    """Fields of a model as columns of a SELECT, and the instances that their values make."""

    def __init__(self, model: type[Model], table: str, names: Collection[str] = ()) -> None:
        fields: list[Any] = [
            field for field in model._meta.concrete_fields if not names or field.attname in names
        ]
        quoted = connection.ops.quote_name
        self.columns = [f"{table}.{quoted(field.column)}" for field in fields]
        self._model = model
        self._names = [field.attname for field in fields]
        self._converters = [
            (place, converter)
            for place, field in enumerate(fields)
            for converter in field.get_db_converters(connection)
        ]

    def instance(self, values: Sequence[Any]) -> Any:
        """Like Django's own; fields that are not read are loaded when they are used."""
        converted = list(values)
        for place, converter in self._converters:
            converted[place] = converter(converted[place], None, connection)
        return self._model.from_db(connection.alias, self._names, converted)


def rows_of(images: ImageQuerySet, options: RowOptions) -> list[Image]:
    """The rows of ``images`` in any order, each with its owner, of whom only the name is loaded.

    They have the attributes ``query_similarity`` and ``own_vector``, and those of the counts.
    """
    try:
        keys, values = images.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    return _rows(f"gallery_image.id IN ({keys})", values, options)


def rows_by_id(
    ids: Sequence[uuid.UUID], within: ImageQuerySet, options: RowOptions
) -> dict[uuid.UUID, Image]:
    """Like ``rows_of``, those of ``ids`` that are in ``within``."""
    try:
        condition = within.condition
    except EmptyResultSet:
        return {}
    sql, values = f"gallery_image.id = ANY (%s) AND {condition.sql}", condition.values
    return {image.pk: image for image in _rows(sql, [list(ids), *values], options)}


def _rows(condition: str, values: Sequence[Any], options: RowOptions) -> list[Image]:
    image, owner, tables = _reading()
    extras = list(_extras(options))
    columns = ", ".join([*image.columns, *owner.columns, *(extra.sql for extra in extras)])
    parameters = [value for extra in extras for value in extra.values]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {tables} WHERE {condition}", [*parameters, *values])
        return _instances(cursor.fetchall(), [extra.name for extra in extras])


def _instances(rows: list[tuple[Any, ...]], extras: list[str]) -> list[Image]:
    image_fields, owner_fields, _ = _reading()
    begin, end = len(image_fields.columns), len(image_fields.columns) + len(owner_fields.columns)
    owners: dict[Any, Any] = {None: None}
    images = []
    for row in rows:
        image: Image = image_fields.instance(row[:begin])
        if image.owner_id not in owners:
            owners[image.owner_id] = owner_fields.instance(row[begin:end])
        image.owner = owners[image.owner_id]
        vars(image).update(zip(extras, row[end:], strict=True))
        images.append(image)
    return images


@cache
def _reading() -> tuple[_Fields, _Fields, str]:
    """The fields of images, those of owners, and the tables."""
    account = get_user_model()
    key: Any = account._meta.pk
    quoted = connection.ops.quote_name
    owners = f"{quoted(account._meta.db_table)} AS owner ON owner.{quoted(key.column)}"
    return (
        _Fields(Image, "gallery_image"),
        _Fields(account, "owner", (key.attname, account.USERNAME_FIELD)),
        f"gallery_image LEFT JOIN {owners} = gallery_image.owner_id",
    )


def _extras(options: RowOptions) -> Iterator[_Column]:
    for name, images in options.counts:
        sql, values = images.query.sql_with_params()
        yield _Column(name, f"(SELECT count(*) FROM ({sql}) AS counted)", values)
    if options.space is None:
        return
    if options.vector is not None:
        column = similarity_column(options.space, options.vector, image="gallery_image.id")
        yield _Column("query_similarity", *column)
    if options.vectors_for is not None and options.vectors_for.is_authenticated:
        stored = stored_vector_column(
            options.space,
            image="gallery_image.id",
            owner="gallery_image.owner_id",
            owner_id=options.vectors_for.pk,
        )
        yield _Column("own_vector", *stored)
