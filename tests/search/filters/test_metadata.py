from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from gallery.core.errors import InvalidInput
from gallery.models import Image
from gallery.search.filters import ImageFilter, matching
from gallery.search.filters.metadata_documents import conditions_of
from tests.builders import make_image
from tests.search.filters.titles import titles

DOCUMENTS: dict[str, dict[str, Any]] = {
    "boots": {"category": "shoes", "price": 120, "sizes": [38, 44], "maker": {"city": "Rom"}},
    "socks": {"category": "clothes", "price": 7.5, "sold": True, "sizes": [40]},
    "text": {"category": "Shoes", "price": "120", "sold": "true", "note": None},
    "hostile": {"a\"b') ? (@ == 1": 1, "键": "值"},
    "empty": {},
}


@pytest.fixture
def images(db: None) -> None:
    for title, document in DOCUMENTS.items():
        make_image(title=title, metadata=document)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"category": "shoes"}, {"boots"}),
        ({"price": 120}, {"boots"}),
        ({"price": 120.0}, {"boots"}),
        ({"price": "120"}, {"text"}),
        ({"sold": True}, {"socks"}),
        ({"sold": "true"}, {"text"}),
        ({"sizes": 44}, {"boots"}),
        ({"maker.city": "Rom"}, {"boots"}),
        ({"category": {"$in": ["shoes", "clothes"]}}, {"boots", "socks"}),
        ({"sizes": {"$ne": 44}}, {"socks", "text", "hostile", "empty"}),
        ({"category": {"$nin": ["shoes", "Shoes"], "$exists": True}}, {"socks"}),
        ({"price": {"$gt": 7.5}}, {"boots"}),
        ({"price": {"$gte": 7.5, "$lt": 120}}, {"socks"}),
        ({"sizes": {"$gte": 39, "$lte": 41}}, {"socks"}),
        ({"category": {"$gte": "c", "$lt": "d"}}, {"socks"}),
        ({"price": {"$lt": 1}}, set()),
        ({"note": {"$exists": True}}, {"text"}),
        ({"maker.city": {"$exists": False}}, {"socks", "text", "hostile", "empty"}),
        ({"a\"b') ? (@ == 1": {"$gte": 1}}, {"hostile"}),
        ({"键": "值"}, {"hostile"}),
        ({"category": "shoes", "price": {"$gt": 200}}, set()),
    ],
)
def test_conditions_select_by_value_and_type(
    images: None, owner: User, document: dict[str, Any], expected: set[str]
) -> None:
    assert titles(owner, metadata=conditions_of(document)) == expected


def test_equality_uses_the_index(images: None, owner: User) -> None:
    conditions = ImageFilter(metadata=conditions_of({"category": {"$in": ["a", "b"]}}))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = matching(Image.objects.all(), conditions, user=owner).explain()
    assert "Bitmap Index Scan on image_metadata" in plan


def test_excluding_keeps_images_without_the_key(images: None, owner: User) -> None:
    excluded = ImageFilter(metadata=conditions_of({"price": {"$gt": 10}}))
    assert titles(owner, excluded=(excluded,)) == {"socks", "text", "hostile", "empty"}


@pytest.mark.parametrize(
    "document",
    [
        [],
        "category",
        {"": 1},
        {"a..b": 1},
        {".".join("a" * 11): 1},
        {"a\0": 1},
        {"a": "\0"},
        {"a": "x" * 201},
        {"a": None},
        {"a": []},
        {"a": {}},
        {"a": {"$in": []}},
        {"a": {"$in": "abc"}},
        {"a": {"$nin": "abc"}},
        {"a": {"$ne": None}},
        {"$or": [{"a": 1}]},
        {"a": {"$in": list(range(51))}},
        {"a": {"$regex": ".*"}},
        {"a": {"$gt": True}},
        {"a": {"$gt": [1]}},
        {"a": {"$gt": 3, "$lt": 1}},
        {"a": {"$exists": 1}},
        {"a": float("nan")},
        {"a": 10**400},
        {str(number): 1 for number in range(51)},
    ],
)
def test_an_invalid_document_is_refused(document: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        conditions_of(document)
    assert caught.value.data["field"] == "metadata"
