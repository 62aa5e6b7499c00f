"""Points, groups and areas: each person sees those of visible pictures, and nothing of others."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser, User

from gallery.core.errors import InvalidInput
from gallery.map.areas import Area, inside
from gallery.map.overview import overview_for
from gallery.map.points import points_for
from gallery.models import Image, MapProjection, TagScoring, TagState, Visibility
from tests.builders import make_tag, moderate, tag_image, unit_vector
from tests.map.conftest import EVERYWHERE, MakeTopic, update_all

pytestmark = pytest.mark.django_db(transaction=True)

MakeMap = Callable[[], list[list[Image]]]


def keys_on_map(user: object) -> set[uuid.UUID]:
    projection = MapProjection.objects.shown()
    assert projection is not None
    points = points_for(user, projection)  # type: ignore[arg-type]
    return {uuid.UUID(bytes=key.tobytes()) for key in points.keys}


def names(user: object) -> list[list[str]]:
    overview = overview_for(user)  # type: ignore[arg-type]
    assert overview is not None
    return [[tag.name for tag in cluster.tags] for cluster in overview.clusters]


def test_points_are_of_visible_pictures(make_topic: MakeTopic, owner: User, stranger: User) -> None:
    public = {image.pk for image in make_topic(1, 4)}
    private = {image.pk for image in make_topic(1, 3, owner=owner, visibility=Visibility.PRIVATE)}
    update_all()
    assert keys_on_map(owner) == public | private
    assert keys_on_map(stranger) == keys_on_map(AnonymousUser()) == public


def test_groups_count_visible_pictures(make_topic: MakeTopic, owner: User, stranger: User) -> None:
    make_topic(1, 8)
    make_topic(2, 8, owner=owner, visibility=Visibility.PRIVATE)
    update_all()
    own, others = overview_for(owner), overview_for(stranger)
    assert own is not None
    assert others is not None
    assert (own.count, others.count) == (16, 8)
    examples = {image.pk for cluster in others.clusters for image in cluster.examples}
    assert examples <= keys_on_map(stranger)
    assert len(others.clusters) < len(own.clusters)


def test_large_galleries_show_a_sample(
    make_topic: MakeTopic, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = {image.pk for image in make_topic(1, 8)}
    update_all()
    whole = overview_for(stranger)
    monkeypatch.setattr("gallery.map.points.MOST_POINTS", 5)
    sample = overview_for(stranger)
    assert whole is not None
    assert sample is not None
    assert (whole.count, whole.is_sample) == (8, False)
    assert (sample.count, sample.is_sample) == (5, True)
    assert keys_on_map(stranger) < images


def test_no_more_pictures_are_no_sample(
    make_topic: MakeTopic, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_topic(1, 5)
    update_all()
    monkeypatch.setattr("gallery.map.points.MOST_POINTS", 5)
    overview = overview_for(stranger)
    assert overview is not None
    assert (overview.count, overview.is_sample) == (5, False)


def test_a_hidden_picture_leaves_the_map(make_topic: MakeTopic, stranger: User) -> None:
    hidden, *shown = make_topic(1, 4)
    update_all()
    moderate(hidden, "reject")
    assert keys_on_map(stranger) == {image.pk for image in shown}


def test_closed_sites_show_visitors_nothing(make_map: MakeMap, gallery_setting: object) -> None:
    make_map()
    gallery_setting(anonymous_access=False)  # type: ignore[operator]
    assert keys_on_map(AnonymousUser()) == set()
    assert names(AnonymousUser()) == []


def test_groups_are_named_by_their_tags(make_map: MakeMap, stranger: User) -> None:
    picture, beach, cat = make_tag("picture"), make_tag("beach"), make_tag("cat")
    first, second, third = make_map()
    for image in [*first, *second, *third]:
        tag_image(image, picture)
    for image in first:
        tag_image(image, beach)
    for image in second:
        tag_image(image, cat, state=TagState.SUGGESTED, score=0.3)
    assert sorted(names(stranger)) == [["beach"], ["cat"], ["picture"]]


def test_rare_and_rejected_tags_name_nothing(make_map: MakeMap, stranger: User) -> None:
    rare, rejected, private = (make_tag(name) for name in ("rare", "wrong", "own"))
    first, second, third = make_map()
    tag_image(first[0], rare)
    for image in second:
        tag_image(image, rejected, state=TagState.REJECTED)
    for image in third:  # suggested before the tag left the vocabulary
        tag_image(image, private, state=TagState.SUGGESTED, score=0.3)
    private.is_suggested = False
    private.save()
    assert names(stranger) == [[], [], []]


def test_tags_of_hidden_pictures_name_nothing(
    make_topic: MakeTopic, owner: User, stranger: User
) -> None:
    secret = make_tag("secret", is_suggested=False)
    make_topic(1, 4)
    for image in make_topic(1, 12, owner=owner, visibility=Visibility.PRIVATE):
        tag_image(image, secret)
    update_all()
    assert ["secret"] in names(owner)
    assert ["secret"] not in names(stranger)


def test_untagged_groups_have_no_name(make_map: MakeMap, stranger: User) -> None:
    """Not even that of the term that is nearest to them."""
    make_map()
    projection = MapProjection.objects.shown()
    assert projection is not None
    TagScoring.objects.create(
        tag=make_tag("penguin"),
        space=projection.space,
        prompts="-",
        vector=unit_vector(1),
        median=0.1,
        spread=0.05,
        threshold=0.3,
    )
    assert names(stranger) == [[], [], []]


def test_names_describe_half_of_a_group(make_map: MakeMap, stranger: User) -> None:
    dog, cow, owl = (make_tag(name) for name in ("dog", "cow", "owl"))
    first, second, third = make_map()
    for image in first[:3]:
        tag_image(image, dog)
    for image in first[3:6]:
        tag_image(image, cow)
    for image in second[:3]:
        tag_image(image, owl)
    for image in third:
        tag_image(image, owl)
    assert sorted(map(sorted, names(stranger))) == [[], ["cow", "dog"], ["owl"]]


def test_two_pictures_name_no_larger_group(make_topic: MakeTopic, stranger: User) -> None:
    tag = make_tag("dog")
    for image in make_topic(1, 4)[:2]:
        tag_image(image, tag)
    make_topic(2, 4)
    update_all()
    assert names(stranger) == [[], []]


def test_equal_names_are_told_apart(make_map: MakeMap, stranger: User) -> None:
    tag = make_tag("cat")
    first, second, _ = make_map()
    for image in [*first, *second]:
        tag_image(image, tag)
    overview = overview_for(stranger)
    assert overview is not None
    assert sorted(each.repetition for each in overview.clusters if each.tags) == [0, 2]


def test_an_area_has_the_points_inside(make_map: MakeMap, stranger: User) -> None:
    make_map()
    projection = MapProjection.objects.shown()
    assert projection is not None
    points = points_for(stranger, projection)
    x, y = points.places[0].tolist()
    low, high = (x - 3, y - 3), (x + 3, y + 3)
    area = Area.parse(
        f"{low[0]},{low[1]},{high[0]},{low[1]},{high[0]},{high[1]},{low[0]},{high[1]}"
    )
    images = inside(Image.objects.visible_to(stranger), area, projection)
    near = [
        uuid.UUID(bytes=key.tobytes())
        for key, place in zip(points.keys, points.places.tolist(), strict=True)
        if abs(place[0] - x) <= 3 and abs(place[1] - y) <= 3
    ]
    assert set(images.values_list("pk", flat=True)) == set(near)
    everything = inside(Image.objects.visible_to(stranger), Area.parse(EVERYWHERE), projection)
    assert everything.count() == 24


def test_the_border_belongs_to_an_area(make_map: MakeMap, stranger: User) -> None:
    make_map()
    projection = MapProjection.objects.shown()
    assert projection is not None
    points = points_for(stranger, projection)
    for key, (x, y) in zip(points.keys, points.places.tolist(), strict=True):
        area = Area.parse(f"{x},{y},{max(x - 9, 0)},{y},{x},{max(y - 9, 0)}")
        images = inside(Image.objects.visible_to(stranger), area, projection)
        assert images.filter(pk=uuid.UUID(bytes=key.tobytes())).exists()


@pytest.mark.parametrize(
    "text",
    ["", "1,2", "1,2,3,4", "1,2,3,4,5", "1,2,3,4,5,x", "1,2,3,4,5,65536", "-1,2,3,4,5,6",
     "1,2,3,4,5,6.5", "1,2,3,4,5,１", ",".join(["1"] * 402)],
)  # fmt: skip
def test_wrong_areas_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        Area.parse(text)
