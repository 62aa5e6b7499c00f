"""Titles carry their language where it is not that of the page."""

import pytest
from django.test import Client

from tests.builders import make_embedding, make_image, make_space, unit_vector

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("title", "shown_in", "language"),
    [
        ("红色的船", "en", "zh"),
        ("赤い船", "en", "ja"),
        ("빨간 배", "en", "ko"),
        ("Red boat", "zh-hans", "en"),
        ("Red boat 红船", "en", "zh"),
    ],
)
def test_a_foreign_title_has_its_language(
    client: Client, title: str, shown_in: str, language: str
) -> None:
    make_image(title=title)
    text = client.get("/", headers={"Accept-Language": shown_in}).content.decode()
    assert f'alt="{title}" lang="{language}"' in text
    assert f'<span lang="{language}">{title}</span>' in text


@pytest.mark.parametrize(
    ("title", "shown_in"), [("Red boat", "en"), ("红色的船", "zh-hans"), ("7", "en")]
)
def test_a_title_in_the_language_of_the_page(client: Client, title: str, shown_in: str) -> None:
    make_image(title=title)
    text = client.get("/", headers={"Accept-Language": shown_in}).content.decode()
    assert f'alt="{title}" loading' in text


def test_a_title_in_a_search_has_its_language(client: Client) -> None:
    image = make_image(title="<b>红色的船</b>")
    space = make_space()
    for each in (image, make_image(title="红帆")):
        make_embedding(each, space, unit_vector(1))
    text = client.get(f"/search/?like={image.pk}").content.decode()
    assert '<span lang="zh">&lt;b&gt;红色的船&lt;/b&gt;</span>' in text
    assert '<span lang="zh">红帆</span>' in text
