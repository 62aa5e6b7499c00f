from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from gallery.ingest.fields import bulk_metadata
from gallery.models import Image
from tests.builders import make_image

pytestmark = pytest.mark.django_db

SHOES = {"category": "shoes"}


def errors(*lines: Any) -> dict[int, str]:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    outcomes = list(bulk_metadata.apply(texts, Image.objects.all()))
    return {outcome.line: outcome.error for outcome in outcomes if outcome.error}


def metadata_of(image: Image) -> Any:
    image.refresh_from_db()
    return image.metadata


def test_a_picture_is_named_by_any_key(owner: User) -> None:
    by_id, by_name = make_image(owner), make_image(owner, file_name="shoe.jpg")
    by_external_id = make_image(owner, external_id="sku-1")
    assert not errors(
        {"id": str(by_id.pk), "metadata": SHOES},
        "",
        {"file_name": "shoe.jpg", "metadata": SHOES, "external_id": "sku-2", "title": "Shoe"},
        {"external_id": "sku-1", "metadata": SHOES, "caption": "A shoe"},
    )
    assert [metadata_of(image) for image in (by_id, by_name, by_external_id)] == [SHOES] * 3
    assert (by_name.external_id, by_name.title) == ("sku-2", "Shoe")
    assert (by_external_id.title, by_external_id.caption) == ("A picture", "A shoe")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "This is not JSON."),
        ("[" * 100_000, "This is not JSON."),
        ("[]", "This is not a JSON object."),
        ({"metadata": SHOES}, "One of id, file_name, external_id is required."),
        ({"external_id": "sku-1"}, "There is nothing to set."),
        ({"external_id": "sku-1", "owner": "eve"}, "owner cannot be set."),
        ({"external_id": "sku-1", "title": None}, "title must be a text."),
        ({"file_name": "a\0", "metadata": SHOES}, "file_name must be a text."),
        ('{"file_name": "\\ud800", "title": "x"}', "file_name must be a text."),
        ({"id": "1", "metadata": SHOES}, "1 is not an id."),
        ({"external_id": "sku-9", "metadata": SHOES}, "0 pictures have the external_id sku-9."),
        ({"file_name": "picture.png", "metadata": SHOES}, "2 pictures have the file_name"),
        ({"external_id": "sku-1", "metadata": []}, "metadata must be a JSON object."),
        ({"external_id": "sku-1", "title": "x" * 201}, "The title may have at most"),
        ('{"external_id": "sku-1", "metadata": {"a": NaN}}', "must be a finite number"),
    ],
)
def test_a_bad_line_is_reported_by_number(owner: User, line: Any, message: str) -> None:
    image, other = make_image(owner, external_id="sku-1"), make_image(owner)
    good = {"id": str(other.pk), "metadata": SHOES}
    reported = errors(good, line, good)
    assert list(reported) == [2]
    assert message in reported[2]
    assert (metadata_of(image), metadata_of(other)) == ({}, SHOES)


def test_a_taken_external_id_spoils_one_line(owner: User) -> None:
    first, second = make_image(owner, external_id="sku-1"), make_image(owner)
    reported = errors(
        {"id": str(second.pk), "external_id": "sku-1"}, {"id": str(first.pk), "metadata": SHOES}
    )
    assert list(reported) == [1]
    assert metadata_of(first) == SHOES


def test_long_files_are_applied_in_batches(owner: User, django_assert_max_num_queries: Any) -> None:
    lines = [{"id": str(make_image(owner).pk), "metadata": {"n": n}} for n in range(501)]
    with django_assert_max_num_queries(501 + 2 * 6):
        assert not errors(*lines)
    assert Image.objects.get(metadata={"n": 500}).pk


def test_the_command_reports_and_counts(owner: User, tmp_path: Path, capsys: Any) -> None:
    image, file = make_image(owner, external_id="sku-1"), tmp_path / "lines.jsonl"
    file.write_text('{"external_id": "sku-1", "metadata": {"名称": "鞋"}}\n{}\n')
    with pytest.raises(CommandError):
        call_command("setmetadata", str(file))
    output = capsys.readouterr()
    assert output.out == "Lines applied: 1; refused: 1.\n"
    assert output.err.startswith("line 2: One of")
    assert metadata_of(image) == {"名称": "鞋"}


def test_the_command_can_be_limited_to_an_owner(
    owner: User, stranger: User, tmp_path: Path, capsys: Any
) -> None:
    mine, theirs = (make_image(user, external_id="sku-1") for user in (owner, stranger))
    file = tmp_path / "lines.jsonl"
    file.write_text('{"external_id": "sku-1", "metadata": {"a": 1}}')
    call_command("setmetadata", str(file), owner="owner")
    assert (metadata_of(mine), metadata_of(theirs)) == ({"a": 1}, {})
    with pytest.raises(CommandError, match="There is no user"):
        call_command("setmetadata", str(file), owner="nobody")
