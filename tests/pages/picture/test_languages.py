"""Titles and captions in another language than the page are marked with their language."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Image
from tests.builders import make_image

pytestmark = pytest.mark.django_db


@pytest.fixture
def image(owner: User) -> Image:
    return make_image(owner, title="红色的小船", caption="Ein Boot")


def page(client: Client, address: str, language: str) -> str:
    return client.get(address, headers={"accept-language": language}).content.decode()


def test_the_picture_page_marks_other_languages(image: Image, client: Client) -> None:
    english = page(client, image.get_absolute_url(), "en")
    assert '<h1><span lang="zh">红色的小船</span></h1>' in english
    chinese = page(client, image.get_absolute_url(), "zh-hans")
    assert "<h1>红色的小船</h1>" in chinese
    assert '<p class="caption" lang="en">Ein Boot</p>' in chinese
    assert 'alt="Ein Boot" lang="en"' in chinese


@pytest.mark.parametrize("verb", ["edit", "delete"])
def test_the_forms_mark_other_languages(image: Image, owner_client: Client, verb: str) -> None:
    text = page(owner_client, f"{image.get_absolute_url()}{verb}/", "en")
    assert '<span lang="zh">红色的小船</span>' in text


def test_the_admin_marks_other_languages(image: Image, curator_client: Client) -> None:
    for address in ("/admin/gallery/image/", f"/admin/gallery/image/{image.pk}/change/"):
        assert '<span lang="zh">红色的小船</span>' in page(curator_client, address, "en")
