from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection

from gallery.core.errors import InvalidInput
from gallery.models import Image, TagState
from gallery.search.filters import ImageFilter, matching
from tests.builders import make_image, make_tag, tag_image
from tests.search.filters.titles import titles


@pytest.fixture
def images(owner: User) -> None:
    beach, dog = make_tag("Beach", name_zh="海滩"), make_tag("golden retriever")
    both, sand = make_image(title="both"), make_image(title="sand")
    tag_image(both, beach)
    tag_image(both, dog)
    tag_image(sand, beach)
    tag_image(sand, dog, state=TagState.REJECTED)
    tag_image(make_image(title="neither"), beach, state=TagState.SUGGESTED)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["beach"], {"both", "sand"}),
        (["海滩"], {"both", "sand"}),
        (["GOLDEN Retriever"], {"both"}),
        (["beach", "golden retriever"], {"both"}),
        (["  golden  retriever "], {"both"}),
        (["ＢＥＡＣＨ"], {"both", "sand"}),
        (["sea"], set()),
        (["beach", "sea"], set()),
        ([""], set()),
    ],
)
def test_an_image_has_all_tags(
    images: None, owner: User, names: list[str], expected: set[str]
) -> None:
    assert titles(owner, tags=names) == expected


def test_tags_can_be_excluded(images: None, owner: User) -> None:
    assert titles(owner, excluded=(ImageFilter(tags=["beach"]),)) == {"neither"}
    assert titles(owner, excluded=(ImageFilter(tags=["sea"]),)) == {"both", "sand", "neither"}


def test_a_name_in_either_language_is_enough(images: None, owner: User) -> None:
    tag_image(make_image(title="shared"), make_tag("海滩"))
    assert titles(owner, tags=["海滩"]) == {"both", "sand", "shared"}


@pytest.mark.parametrize("name", ["x" * 61, "a\u0007b"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ImageFilter(tags=[name])
    assert refused.value.data["field"] == "tags"


def test_tags_have_an_index(images: None, owner: User) -> None:
    tagged = matching(Image.objects.all(), ImageFilter(tags=["beach"]), user=owner)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "image_tags" in tagged.explain()
