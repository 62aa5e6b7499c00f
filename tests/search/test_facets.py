from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from gallery.media.lab import lab_of
from gallery.models import Image, TagState
from gallery.search.facets import Facets, facets_of
from gallery.search.filters import matching
from gallery.search.syntax import parse
from tests.builders import make_image, make_tag, make_user, tag_image


def counts(facets: Facets, name: str) -> dict[str, int]:
    return {value.value: value.count for value in facets[name].values}


def names(facets: Facets) -> list[str]:
    return [facet.name for facet in facets.facets]


@pytest.fixture
def images(owner: User, stranger: User) -> None:
    red = dict(zip(("lightness", "green_red", "blue_yellow"), lab_of("#e50000"), strict=True))
    june = {"taken_at": "2024-06-01T12:00:00Z", "camera": "Canon “R5”"}
    boat = make_image(owner, width=30, height=20, format="jpeg", caption="A boat", **red, **june)
    secret = make_image(
        owner, width=20, height=30, visibility="private", taken_at="2024-05-01T12:00:00Z"
    )
    make_image(stranger, width=20, height=20, visibility="members", format="png", **june)
    beach, sunset = make_tag("beach", name_zh="海滩"), make_tag("orange “sunset”")
    tag_image(boat, beach)
    tag_image(secret, beach)
    tag_image(secret, sunset)
    tag_image(boat, sunset, state=TagState.SUGGESTED)


def test_values_are_counted(images: None, owner: User) -> None:
    facets = facets_of(Image.objects.visible_to(owner), user=owner)
    assert (facets.counted, facets.capped) == (3, False)
    assert counts(facets, "owner") == {"owner": 2, "stranger": 1}
    assert counts(facets, "year") == {"2024": 3}
    assert counts(facets, "month") == {"2024-06": 2, "2024-05": 1}
    assert counts(facets, "orientation") == {"landscape": 1, "portrait": 1, "square": 1}
    assert counts(facets, "format") == {"png": 2, "jpeg": 1}
    assert counts(facets, "camera") == {"Canon “R5”": 2}
    assert counts(facets, "captioned") == {"no": 2, "yes": 1}
    assert counts(facets, "colour") == {"red": 1}
    assert counts(facets, "tag") == {"beach": 2, "orange “sunset”": 1}


def test_pictures_without_owner_are_counted(images: None, anonymous: AnonymousUser) -> None:
    make_image(None)
    values = facets_of(Image.objects.visible_to(anonymous))["owner"].values
    assert [(each.value, each.count, each.operator) for each in values] == [
        ("", 1, "owner:none"),
        ("owner", 1, "owner:owner"),
    ]


def test_visibility_is_counted_after_a_login(
    images: None, owner: User, stranger: User, anonymous: AnonymousUser
) -> None:
    def visibilities(user: User | AnonymousUser) -> dict[str, int]:
        facets = facets_of(Image.objects.visible_to(user), user=user)
        return counts(facets, "visibility") if "visibility" in names(facets) else {}

    assert visibilities(owner) == {"private": 1, "public": 1, "members": 1}
    assert visibilities(stranger) == {"public": 1, "members": 1}
    assert visibilities(anonymous) == {}


def test_each_operator_finds_what_was_counted(images: None, owner: User) -> None:
    visible = Image.objects.visible_to(owner)
    make_image(None)
    for facet in facets_of(visible, user=owner).facets:
        for value in facet.values:
            conditions = parse(value.operator, now=timezone.localtime()).conditions
            count = matching(visible, conditions, user=owner).count()
            assert (value.operator, count) == (value.operator, value.count)


def test_months_follow_the_time_zone(images: None, owner: User) -> None:
    Image.objects.update(taken_at=datetime(2023, 12, 31, 20, tzinfo=UTC))
    with timezone.override("Asia/Shanghai"):
        assert counts(facets_of(Image.objects.all()), "month") == {"2024-01": 3}


def test_private_pictures_of_others_are_not_counted(images: None, stranger: User) -> None:
    facets = facets_of(Image.objects.visible_to(stranger), user=stranger)
    assert counts(facets, "owner") == {"owner": 1, "stranger": 1}
    assert counts(facets, "tag") == {"beach": 1}


def test_no_pictures_have_no_facets(db: None) -> None:
    assert facets_of(Image.objects.none()).facets == ()
    assert facets_of(Image.objects.all()) == Facets((), 0, capped=False)


def test_many_values_are_cut(owner: User) -> None:
    for number in range(25):
        make_image(camera=f"Camera {number:02}")
    facet = facets_of(Image.objects.all())["camera"]
    assert (len(facet.values), facet.more) == (20, True)


@pytest.mark.slow
def test_ten_thousand_pictures_count_in_one_statement(
    owner: User, django_assert_num_queries: Any
) -> None:
    colours = [lab_of(f"#{number:06x}") for number in range(0, 0xFFFFFF, 0x2F3F7)]
    Image.objects.bulk_create(
        Image(
            owner=owner, sha256=f"{number}", size=1, format="png", original=f"{number}",
            width=100 + number % 80, height=140, camera=f"Camera {number % 50}",
            taken_at=datetime(2000 + number % 25, number % 12 + 1, 5, tzinfo=UTC),
            lightness=colours[number % 50][0], green_red=colours[number % 50][1],
            blue_yellow=colours[number % 50][2],
        )
        for number in range(10_001)
    )  # fmt: skip
    facets_of(Image.objects.all(), user=owner)
    with django_assert_num_queries(1):
        facets = facets_of(Image.objects.visible_to(owner), user=owner)
    assert (facets.counted, facets.capped) == (10_000, True)
    assert sum(value.count for value in facets["orientation"].values) == 10_000


@pytest.mark.parametrize("name", ["me", "none", "无"])
def test_usernames_may_be_words_of_the_syntax(owner: User, name: str) -> None:
    make_image(make_user(name))
    assert facets_of(Image.objects.all())["owner"].values[0].operator == f'owner:"{name}"'
