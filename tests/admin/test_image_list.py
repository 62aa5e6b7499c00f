from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gallery.embeddings import encode
from gallery.models import Image, TagState
from tests.builders import (
    make_embedding,
    make_image,
    make_space,
    make_tag,
    make_user,
    tag_image,
    unit_vector,
)

LIST = "/admin/gallery/image/"


def listed(client: Client, **query: Any) -> list[str]:
    response = client.get(LIST, query)
    assert response.status_code == 200, (response.status_code, query)
    return [str(image) for image in response.context["cl"].result_list]


def test_the_list_shows_thumbnail_and_details(curator_client: Client, owner: User) -> None:
    image = make_image(owner, title="Red boat", size=2_500_000)
    page = curator_client.get(LIST).content.decode()
    assert f'src="/files/{image.pk}/small.webp" alt="" loading="lazy" class="gallery-thumb' in page
    for text in ("Red boat", "owner", "searchable", "everyone", "2.4", "300 × 200"):
        assert text in page


def test_a_failed_image_shows_its_reason(curator_client: Client, owner: User) -> None:
    make_image(owner, state="failed", error_code="corrupt", error_message="Damaged <b>file</b>.")
    page = curator_client.get(LIST).content.decode()
    assert "corrupt: Damaged &lt;b&gt;file&lt;/b&gt;." in page


def test_a_waiting_image_has_no_thumbnail(curator_client: Client, owner: User) -> None:
    make_image(owner, state="stored", width=None, height=None)
    assert "gallery-thumbnail" not in curator_client.get(LIST).content.decode()


def test_the_number_of_queries_is_constant(curator_client: Client, owner: User) -> None:
    def query_count() -> int:
        with CaptureQueriesContext(connection) as captured:
            listed(curator_client)
        tables = ('"gallery_image"', '"auth_user"', '"gallery_embedding"')
        return sum(any(table in query["sql"] for table in tables) for query in captured)

    make_image(owner)
    alone = query_count()
    for number in range(49):
        make_image(make_user(f"user{number}"))
    assert query_count() == alone <= 9


def test_a_page_has_fifty_images(curator_client: Client, owner: User) -> None:
    for _ in range(51):
        make_image(owner)
    assert len(listed(curator_client)) == 50
    assert len(listed(curator_client, p="2")) == 1


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("orientation", "portrait", ["high"]),
        ("format", "jpeg", ["high"]),
        ("camera", "Canon “R5”", ["wide"]),
        ("year", "2024", ["wide"]),
    ],
)
def test_facets_filter_the_list(
    curator_client: Client, owner: User, name: str, value: str, expected: list[str]
) -> None:
    make_image(owner, title="high", width=20, height=30, format="jpeg")
    make_image(owner, title="wide", camera="Canon “R5”", taken_at="2024-06-02T12:00:00Z")
    assert listed(curator_client, **{name: value}) == expected
    assert f"?{name}={quote_plus(value)}" in curator_client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("query", "expected"), [({"tag": "beach"}, ["tagged"]), ({"suggestions": "open"}, ["open"])]
)
def test_the_list_is_filtered_by_tags(
    curator_client: Client, owner: User, query: dict[str, str], expected: list[str]
) -> None:
    beach = make_tag("beach")
    states = {"tagged": TagState.APPROVED, "open": TagState.SUGGESTED, "not": TagState.REJECTED}
    for title, state in states.items():
        tag_image(make_image(owner, title=title), beach, state=state)
    assert listed(curator_client, **query) == expected
    page = curator_client.get(LIST).content.decode()
    assert "?tag=beach" in page
    assert "?suggestions=open" in page


@pytest.mark.parametrize("name", ["orientation", "format", "year", "suggestions"])
def test_an_unknown_facet_value_is_ignored(curator_client: Client, owner: User, name: str) -> None:
    make_image(owner, width=20, height=30, format="jpeg", taken_at="2024-06-02T12:00:00Z")
    response = curator_client.get(LIST, {name: "nonsense"}, follow=True)
    assert response.redirect_chain == [(f"{LIST}?e=1", 302)]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("state__exact", "failed", ["broken"]),
        ("visibility__exact", "private", ["secret"]),
        ("format", "jpeg", ["secret"]),
        ("error_code", "corrupt", ["broken"]),
        ("created_at__year", "2020", ["broken"]),
    ],
)
def test_the_list_is_filtered(
    curator_client: Client, owner: User, name: str, value: str, expected: list[str]
) -> None:
    moment = "2020-02-02T12:00:00Z"
    make_image(owner, title="broken", state="failed", error_code="corrupt", created_at=moment)
    make_image(owner, title="secret", visibility="private", format="jpeg")
    assert listed(curator_client, **{name: value}) == expected


def test_the_list_is_filtered_by_owner(curator_client: Client, owner: User) -> None:
    make_image(owner, title="mine")
    make_image(None, title="nobody's")
    assert listed(curator_client, owner__id__exact=owner.pk) == ["mine"]
    page = curator_client.get(LIST).content.decode()
    assert re.search(r'href="\?owner__isnull=True">\s*No owner', page)
    assert listed(curator_client, owner__isnull=True) == ["nobody's"]


@pytest.mark.parametrize("field", ["title", "caption", "file_name"])
def test_text_fields_are_searched(curator_client: Client, owner: User, field: str) -> None:
    image = make_image(owner, **{field: "sunset.jpg"})
    make_image(owner, title="other")
    assert listed(curator_client, q="sunset") == [str(image)]


def test_digest_and_id_are_searched(curator_client: Client, owner: User) -> None:
    image = make_image(owner, title="this")
    make_image(owner, title="other")
    assert listed(curator_client, q=image.sha256[:20]) == ["this"]
    assert listed(curator_client, q=str(image.pk)) == ["this"]


@pytest.fixture
def meanings(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two images with different vectors. The text “green leaves” has the vector of “tree”."""
    space = make_space()
    for number, title in ((2, "tree"), (1, "boat")):
        make_embedding(make_image(owner, title=title), space, unit_vector(number))

    def text_vectors(space: object, texts: list[str]) -> Any:
        assert texts == ["green leaves"]
        return [unit_vector(2)]

    monkeypatch.setattr(encode, "text_vectors", text_vectors)


def test_a_tilde_searches_by_meaning_best_first(curator_client: Client, meanings: None) -> None:
    assert listed(curator_client, q="~ green leaves") == ["tree", "boat"]


def test_meaning_and_filters_go_together(curator_client: Client, meanings: None) -> None:
    Image.objects.filter(title="tree").update(visibility="private")
    assert listed(curator_client, q="~ green leaves", visibility__exact="public") == ["boat"]


def test_a_failing_search_shows_the_error(curator_client: Client, owner: User) -> None:
    make_image(owner)
    response = curator_client.get(LIST, {"q": "~ green leaves"})
    assert "No encoder is chosen" in response.content.decode()
    assert list(response.context["cl"].result_list) == []


def test_pictures_are_uploaded_through_the_site(curator_client: Client) -> None:
    page = curator_client.get(LIST).content.decode()
    assert 'href="/upload/"' in page
    assert curator_client.get(f"{LIST}add/").status_code == 403


def test_staff_see_what_the_site_shows_them(staff_client: Client, owner: User, staff: User) -> None:
    for visibility in ("public", "members", "private"):
        make_image(owner, visibility=visibility, title=visibility)
    make_image(staff, visibility="private", title="own")
    assert set(listed(staff_client)) == {"public", "members", "own"}


def test_superusers_see_everything(curator_client: Client, owner: User) -> None:
    make_image(owner, visibility="private", title="private")
    assert listed(curator_client) == ["private"]


def test_only_staff_can_open_the_list(client: Client, owner_client: Client) -> None:
    for visitor in (client, owner_client):
        assert visitor.get(LIST)["Location"].startswith("/admin/login/")


def test_the_page_needs_no_inline_style_or_script(curator_client: Client, owner: User) -> None:
    make_image(owner)
    response = curator_client.get(LIST)
    assert not re.search(r"<style|\sstyle=|<script>|\son\w+=", response.content.decode())
    assert "unsafe-inline" not in response["Content-Security-Policy"]
