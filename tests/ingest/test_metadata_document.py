from __future__ import annotations

from typing import Any

import pytest

from gallery.core.errors import InvalidInput
from gallery.ingest.fields import metadata_document

DEEP: dict[str, Any] = {"a": {"b": {"c": {"d": 1}}}}
LARGEST = 2**53 - 1


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"category": "shoes", "price": 19.9, "stock": 3, "sale": False, "size": None},
        {"tags": ["a", "b"], "名称": "鞋", "a key": "line\nbreak"},
        {"a": {"b": {"c": {}}}},
        {"a": {"b": {"c": [[]]}}} | {"a": [1, 2]},
        {"largest": LARGEST, "smallest": -LARGEST},
        {"k" * 64: 1},
        {"text": "x" * 16_000},
    ],
)
def test_accepted_documents(document: dict[str, Any]) -> None:
    assert metadata_document.checked(document) == document


@pytest.mark.parametrize("document", [None, [], "text", 1, True])
def test_only_an_object_is_accepted(document: Any) -> None:
    with pytest.raises(InvalidInput, match="must be a JSON object"):
        metadata_document.checked(document)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"": 1}, "metadata may only have keys of 1 to 64 characters"),
        ({"a": {"k" * 65: 1}}, r"metadata\.a may only have keys of 1 to 64 characters"),
        ({1: 1}, "keys"),
        ({"a\tb": 1}, "control characters in its keys"),
        ({"a\ud800": 1}, "control characters in its keys"),
        (DEEP | {"e": DEEP}, "at most 4 levels"),
        ({"a": [[[[1]]]]}, "at most 4 levels"),
        ({"a": [1, "b\0c"]}, r"metadata\.a\.1 contains a character that cannot be stored"),
        ({"a": "\udfff"}, "cannot be stored"),
        ({"a": float("nan")}, r"metadata\.a must be a finite number"),
        ({"a": {"b": float("-inf")}}, r"metadata\.a\.b must be a finite number"),
        ({"a": LARGEST + 1}, "must be a number between"),
        ({"a": -(10**400)}, "must be a number between"),
        ({"a": b"bytes"}, "is not a JSON value"),
        ({"text": "x" * 16_400}, "at most 16384 bytes"),
        ({"text": "鞋" * 6_000}, "at most 16384 bytes"),
    ],
)
def test_refused_documents_name_the_place(document: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as error:
        metadata_document.checked(document)
    assert error.value.data["field"] == "metadata"


@pytest.mark.parametrize(
    "text", ["", "{", "{'a': 1}", '{"a": NaN}', '{"a": 1e999}', "[" * 100_000, "9" * 5_000]
)
def test_a_text_that_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        metadata_document.parsed(text)
