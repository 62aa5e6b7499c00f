from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection

from gallery.core.errors import InvalidInput
from gallery.models import Image
from gallery.search.filters import ImageFilter, Orientation, matching
from tests.builders import make_image, make_user
from tests.search.filters.titles import titles

EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def images(owner: User, stranger: User) -> None:
    make_image(owner, title="mine", state="failed", created_at=EARLY, taken_at=EARLY)
    make_image(stranger, title="theirs", state="failed", visibility="members", taken_at=LATE)
    make_image(None, title="nobody's", created_at=LATE)


def test_without_conditions_every_image_matches(images: None, owner: User) -> None:
    assert titles(owner) == {"mine", "theirs", "nobody's"}


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"states": ["failed"]}, {"mine", "theirs"}),
        ({"visibility": "members"}, {"theirs"}),
        ({"own": True}, {"mine"}),
        ({"no_owner": True}, {"nobody's"}),
        ({"excluded": (ImageFilter(no_owner=True),)}, {"mine", "theirs"}),
        ({"hide_failed_of_others": True}, {"mine", "nobody's"}),
        ({"created_before": LATE}, {"mine"}),
        ({"created_after": LATE, "states": ["ready"]}, {"nobody's"}),
        ({"taken_after": LATE}, {"theirs"}),
        ({"taken_before": LATE}, {"mine"}),
    ],
)
def test_conditions_are_applied(
    images: None, owner: User, conditions: dict[str, Any], expected: set[str]
) -> None:
    assert titles(owner, **conditions) == expected


def test_anonymous_visitors_own_nothing(images: None, anonymous: AnonymousUser) -> None:
    assert titles(anonymous, own=True) == set()
    assert titles(anonymous, hide_failed_of_others=True) == {"nobody's"}


def test_the_owner_is_found_by_name(images: None, anonymous: AnonymousUser) -> None:
    assert titles(anonymous, owner="owner") == {"mine"}
    assert titles(anonymous, owner="Stranger") == {"theirs"}
    assert titles(anonymous, owner="own") == set()


def test_an_exact_username_comes_first(images: None, anonymous: AnonymousUser) -> None:
    make_image(make_user("Owner"), title="other")
    assert titles(anonymous, owner="Owner") == {"other"}
    assert titles(anonymous, owner="owner") == {"mine"}
    excluded = (ImageFilter(owner="owner"),)
    assert titles(anonymous, excluded=excluded) == {"theirs", "nobody's", "other"}


def test_an_unknown_date_taken_counts_as_upload(images: None, owner: User) -> None:
    assert titles(owner, dated_after=LATE) == {"theirs", "nobody's"}
    assert titles(owner, dated_before=LATE) == {"mine"}


def test_the_date_taken_or_uploaded_has_an_index(owner: User) -> None:
    images = matching(Image.objects.all(), ImageFilter(dated_after=LATE), user=owner)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "image_dated" in images.explain()


@pytest.mark.parametrize(
    ("width", "height", "orientation"),
    [
        (300, 200, Orientation.LANDSCAPE),
        (200, 300, Orientation.PORTRAIT),
        (100, 100, Orientation.SQUARE),
        (104, 100, Orientation.SQUARE),
        (100, 104, Orientation.SQUARE),
        (106, 100, Orientation.LANDSCAPE),
        (2_000_000_000, 1, Orientation.LANDSCAPE),
    ],
)
def test_a_picture_has_one_orientation(
    owner: User, width: int, height: int, orientation: Orientation
) -> None:
    make_image(title="it", width=width, height=height)
    make_image(title="not processed", width=None, height=None)
    matched = {each for each in Orientation if titles(owner, orientations=[each])}
    assert matched == {orientation}
    assert titles(owner, orientations=list(Orientation)) == {"it"}


def test_limits_of_size_and_megapixels_are_inclusive(owner: User) -> None:
    make_image(title="small", size=1000, width=1000, height=1000)
    make_image(title="large", size=9000, width=60_000, height=60_000)
    assert titles(owner, min_size=1000, max_size=8999) == {"small"}
    assert titles(owner, min_size=1001) == {"large"}
    assert titles(owner, max_megapixels=1.0) == {"small"}
    assert titles(owner, min_megapixels=3600) == {"large"}


def test_camera_and_lens_are_parts_of_the_name(owner: User) -> None:
    make_image(title="x100", camera="FUJIFILM X100V", lens="23mm f/2")
    make_image(title="odd", camera="100%_sure", lens="")
    assert titles(owner, camera="x100") == {"x100"}
    assert titles(owner, camera="0%_") == {"odd"}
    assert titles(owner, lens="MM F/2") == {"x100"}


def test_filtered_by_format_and_caption(owner: User) -> None:
    make_image(title="a", format="jpeg", caption="A boat")
    make_image(title="b", format="png")
    assert titles(owner, formats=["jpeg", "gif"]) == {"a"}
    assert titles(owner, has_caption=True) == {"a"}
    assert titles(owner, has_caption=False) == {"b"}


def test_an_import_is_the_owners_own(owner: User, stranger: User) -> None:
    key = uuid.uuid4()
    make_image(owner, title="mine", import_id=key)
    make_image(owner, title="uploaded")
    make_image(stranger, title="theirs", import_id=key)
    assert titles(owner, import_id=key) == {"mine"}


def test_an_external_id_is_the_owners_own(owner: User, stranger: User) -> None:
    make_image(owner, title="mine", external_id="42")
    make_image(stranger, title="theirs", external_id="42")
    assert titles(owner, external_id="42") == {"mine"}


def test_excluded_filters_keep_images_without_a_value(owner: User) -> None:
    make_image(title="square", width=10, height=10, taken_at=LATE)
    make_image(title="unknown", width=None, height=None)
    square = ImageFilter(orientations=[Orientation.SQUARE], taken_after=EARLY)
    assert titles(owner, excluded=(square,)) == {"unknown"}
    assert titles(owner, required=(square,)) == {"square"}
    assert titles(owner, excluded=(ImageFilter(excluded=(square,)),)) == {"square"}


def test_a_filter_without_conditions_excludes_everything(images: None, owner: User) -> None:
    assert titles(owner, excluded=(ImageFilter(),)) == set()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("owner", "a\0b"),
        ("camera", "x" * 201),
        ("lens", "\ud800"),
        ("external_id", 7),
        ("states", ["lost"]),
        ("visibility", "secret"),
        ("orientations", ["round"]),
        ("formats", ["jpeg"] * 51),
        ("min_size", -1),
        ("max_size", float("nan")),
        ("min_megapixels", float("inf")),
        ("max_megapixels", 10**400),
        ("taken_after", datetime(2026, 1, 1)),
        ("created_before", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))),
    ],
)
def test_an_invalid_value_names_its_field(field: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        ImageFilter(**{field: value})
    assert caught.value.data["field"] == field


@pytest.mark.parametrize(
    ("low", "high"),
    [("min_size", "max_size"), ("min_megapixels", "max_megapixels")],
)
def test_reversed_limits_are_refused(low: str, high: str) -> None:
    limits: dict[str, Any] = {low: 2, high: 1}
    with pytest.raises(InvalidInput):
        ImageFilter(**limits)


@pytest.mark.parametrize("name", ["taken", "created", "dated"])
def test_reversed_spans_are_refused(name: str) -> None:
    span: dict[str, Any] = {f"{name}_after": LATE, f"{name}_before": EARLY}
    with pytest.raises(InvalidInput):
        ImageFilter(**span)


def test_equal_filters_compare_equal() -> None:
    assert ImageFilter() == ImageFilter()
    assert ImageFilter(owner="a") != ImageFilter()
