"""What a rule would catch, shown before it is saved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.test import Client

from gallery.changeover.choose import choose
from gallery.curation.tags.suggestions import suggest
from gallery.embeddings import encode
from gallery.models import EmbeddingSpace, Image, ModerationRule, Tag
from tests.builders import make_embedded, make_embedding, make_image, make_tag

pytestmark = pytest.mark.django_db

ADD = "/admin/gallery/moderationrule/add/"


@pytest.fixture
def dog(db: None) -> Tag:
    return make_tag("dog", is_suggested=False)


@pytest.fixture
def picture(dog: Tag) -> Image:
    """The only one of 61 that shows a dog."""
    space: EmbeddingSpace = choose("builtin")
    noise = np.random.default_rng(1).normal(size=(60, 512)).astype(np.float32)
    make_embedded(space, list(noise / np.linalg.norm(noise, axis=1, keepdims=True)))
    image = make_image()
    make_embedding(image, space, encode.text_vector(space, "a photo of a dog"))
    return image


def post(client: Client, tag: Tag, path: str = ADD, **fields: str) -> Any:
    values = {"tag": str(tag.pk), "action": "hide", "least_match": "strong", **fields}
    return client.post(path, values)


def test_the_preview_counts_and_shows_pictures(
    curator_client: Client, dog: Tag, picture: Image
) -> None:
    page = post(curator_client, dog, _preview="yes").content.decode()
    assert "The rule fits 1 of 61 pictures." in page
    assert f"/files/{picture.pk}/small.webp" in page
    assert '<details class="veil">' in page
    assert '<option value="hide" selected>' in page
    assert not ModerationRule.objects.exists()


def test_the_preview_needs_a_threshold_alone(
    curator_client: Client, dog: Tag, picture: Image
) -> None:
    make_tag("puppy", templates=["a photo of a dog"])
    for number in range(3):
        make_tag(f"hound {number}", templates=["a photo of a dog"])
    suggest.run()
    page = post(curator_client, dog, _preview="yes").content.decode()
    assert "The rule fits 0 of 61 pictures." in page
    page = post(curator_client, dog, _preview="yes", threshold="0.9").content.decode()
    assert "The rule fits 1 of 61 pictures." in page


def test_a_moderate_rule_is_saved_at_once(curator_client: Client, dog: Tag, picture: Image) -> None:
    assert post(curator_client, dog).status_code == 302
    assert ModerationRule.objects.get().action == "hide"


def test_a_rule_for_most_pictures_needs_confirmation(
    curator_client: Client, dog: Tag, picture: Image
) -> None:
    page = post(curator_client, dog, threshold="-1").content.decode()
    assert "more than half of the gallery" in page
    assert not ModerationRule.objects.exists()
    assert post(curator_client, dog, threshold="-1", confirmed="yes").status_code == 302
    assert ModerationRule.objects.get().threshold == -1


def test_a_change_needs_it_too(curator_client: Client, dog: Tag, picture: Image) -> None:
    rule = ModerationRule.objects.create(tag=dog, action="hold", threshold=0.9)
    path = f"/admin/gallery/moderationrule/{rule.pk}/change/"
    page = post(curator_client, dog, path, threshold="-1").content.decode()
    assert "more than half of the gallery" in page
    rule.refresh_from_db()
    assert (rule.action, rule.threshold) == ("hold", 0.9)


def test_a_small_gallery_has_no_preview(curator_client: Client, dog: Tag) -> None:
    choose("builtin")
    page = post(curator_client, dog, _preview="yes").content.decode()
    assert "at least 30 pictures" in page


def test_errors_of_the_form_come_first(curator_client: Client, dog: Tag, picture: Image) -> None:
    page = post(curator_client, dog, threshold="2", _preview="yes").content.decode()
    assert "less than or equal to 1" in page
    assert "The rule fits" not in page


def test_without_a_model_a_rule_is_saved(curator_client: Client, dog: Tag) -> None:
    page = post(curator_client, dog, _preview="yes").content.decode()
    assert "no preview now" in page
    assert post(curator_client, dog).status_code == 302


def test_other_staff_get_no_preview(staff_client: Client, dog: Tag, picture: Image) -> None:
    assert post(staff_client, dog, _preview="yes").status_code == 403
