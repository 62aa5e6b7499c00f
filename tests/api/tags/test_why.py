from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import EmbeddingSpace, Image, Tag, TagScoring, TagSource, TagState
from tests.api.responses import json_body, problem
from tests.builders import make_embedding, make_image, make_tag, tag_image, unit_vector


@pytest.fixture
def beach(space: EmbeddingSpace) -> Tag:
    tag = make_tag("beach")
    TagScoring.objects.create(
        tag=tag, space=space, prompts="", vector=unit_vector(0), median=0, spread=0, threshold=0.25
    )
    return tag


@pytest.fixture
def image(owner: User, space: EmbeddingSpace, beach: Tag) -> Image:
    image = make_image(owner)
    make_embedding(image, space, unit_vector(0))
    state = {"source": TagSource.ZERO_SHOT, "state": TagState.SUGGESTED}
    tag_image(image, beach, score=0.3, **state)
    return image


def address(image: Image, tag: Tag) -> str:
    return f"/api/v1/images/{image.pk}/tags/{tag.pk}/why/"


def test_the_nearest_visible_images_with_the_tag(
    people: dict[str, Client], stranger: User, space: EmbeddingSpace, image: Image, beach: Tag
) -> None:
    public, private = make_image(stranger), make_image(stranger, visibility="private")
    for other in (public, private):
        make_embedding(other, space, unit_vector(0))
        tag_image(other, beach)
    make_embedding(make_image(stranger), space, unit_vector(0))
    answer = json_body(people["owner"].get(address(image, beach)))
    assert answer == {"score": 0.3, "threshold": 0.25, "similar": [str(public.pk)]}
    seen_by_curator = json_body(people["curator"].get(address(image, beach)))["similar"]
    assert set(seen_by_curator) == {str(public.pk), str(private.pk)}


def test_reasons_are_for_people_who_may_change(
    people: dict[str, Client], image: Image, beach: Tag
) -> None:
    problem(people["anonymous"].get(address(image, beach)), 401, "not_authenticated")
    problem(people["stranger"].get(address(image, beach)), 403, "permission_denied")
    problem(people["owner"].get(address(image, make_tag("cat"))), 404, "not_found")
