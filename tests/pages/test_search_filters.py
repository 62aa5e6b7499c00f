"""The counts beside the results, and the examples of the search tips."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from gallery.models import EmbeddingSpace, Visibility
from gallery.pages.search.tips import TIPS
from gallery.search.syntax import parse
from tests.builders import make_embedding, make_image, unit_vector

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("builtin")]


def links(client: Client, **query: Any) -> dict[str, tuple[int, str]]:
    """The count and the address behind each value; no count for a chosen value."""
    response = client.get("/search/filters/", query)
    assert response.status_code == 200
    return {
        str(link.text): (link.count, str(link.address))
        for facet in response.context["facets"]
        for link in (*facet.links, *facet.rest)
    }


def test_counts_are_links_that_narrow(client: Client) -> None:
    make_image(width=300, height=200)
    make_image(width=200, height=300)
    make_image(width=210, height=300)
    found = links(client, q="boat", order="newest")
    assert found["Portrait"] == (2, "/search/?q=boat+is%3Aportrait&order=newest")


def test_a_chosen_value_is_removed_by_its_link(client: Client) -> None:
    make_image(width=300, height=200)
    found = links(client, q="boat is:landscape")
    assert found["Landscape"] == (1, "/search/?q=boat")


def test_an_open_quote_does_not_swallow_the_filter(client: Client) -> None:
    make_image(width=300, height=200)
    make_image(width=200, height=300)
    _, address = links(client, q='"red boat')["Landscape"]
    assert address == "/search/?q=is%3Alandscape+%22red+boat"


def test_a_value_of_all_pictures_is_no_filter(client: Client) -> None:
    make_image(width=300, height=200)
    assert "Landscape" not in links(client, q="boat")


def test_private_pictures_of_others_are_not_counted(
    owner: User, client: Client, stranger_client: Client, owner_client: Client
) -> None:
    make_image(width=300, height=200)
    make_image(owner, width=200, height=300, visibility=Visibility.PRIVATE)
    for visitor in (client, stranger_client):
        assert "Portrait" not in links(visitor, q="boat")
    assert links(owner_client, q="boat")["Portrait"][0] == 1


def test_a_closed_gallery_counts_nothing(client: Client, gallery_setting: Any) -> None:
    gallery_setting(anonymous_access=False)
    response = client.get("/search/filters/?q=boat")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login/")


def test_an_invalid_filter_address_is_a_400(client: Client) -> None:
    assert client.get("/search/filters/?q=x&unknown=1").status_code == 400


def test_relevant_hits_are_counted(client: Client) -> None:
    for width in (200, 300):
        make_image(title="a red boat", file_name="x.png", width=width, height=250)
    make_image(title="a house", file_name="y.png", width=300, height=250)
    found = links(client, q="red boat", mode="words")
    assert (found["Portrait"][0], found["Landscape"][0]) == (1, 1)


def test_what_is_no_filter_is_said(client: Client, builtin: EmbeddingSpace) -> None:
    make_embedding(make_image(), builtin, unit_vector(1))
    text = client.get("/search/?q=boat foo:bar").content.decode()
    assert "Searched as words, because it is not a filter:" in text
    assert "“foo:bar”: no such operator" in text


@pytest.mark.parametrize("example", [example for example, _ in TIPS])
def test_every_search_tip_is_understood(example: str) -> None:
    assert parse(str(example), now=timezone.now()).not_understood == ()
