"""The counts beside the results, and the examples of the search tips."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from gallery.models import EmbeddingSpace, Visibility
from gallery.pages.search.tips import TIPS
from gallery.search.filters import ImageFilter
from gallery.search.syntax import parse
from tests.builders import make_embedding, make_image, make_tag, tag_image, unit_vector

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
    choices = links(client, q="boat", order="newest")
    assert choices["Portrait"] == (2, "/search/?q=boat+is%3Aportrait&order=newest")


def test_a_chosen_value_is_removed_by_its_link(client: Client) -> None:
    make_image(width=300, height=200)
    choices = links(client, q="boat is:landscape")
    assert choices["Landscape"] == (1, "/search/?q=boat")


def test_tags_are_counted_in_the_language_of_the_reader(client: Client) -> None:
    image = make_image()
    make_image()
    for name, chinese in (("golden retriever", "金毛犬"), ("mine", "")):
        tag_image(image, make_tag(name, name_zh=chinese))
    address = "/search/?q=boat+tag%3A%22golden+retriever%22"
    assert links(client, q="boat")["golden retriever"] == (1, address)
    client.cookies["django_language"] = "zh-hans"
    choices = links(client, q="boat")
    assert choices["金毛犬"] == (1, address)
    assert choices["mine"] == (1, "/search/?q=boat+tag%3Amine")
    assert links(client, q="boat tag:mine")["mine"] == (1, "/search/?q=boat")


def test_an_open_quote_does_not_swallow_the_filter(client: Client) -> None:
    make_image(width=300, height=200)
    make_image(width=200, height=300)
    make_image(width=300, height=200, camera="X 100")
    choices = links(client, q='"red boat')
    for value, condition in (
        ("Landscape", ImageFilter(orientations=("landscape",))),
        ("X 100", ImageFilter(camera="X 100")),
    ):
        box = QueryDict(choices[value][1].partition("?")[2])["q"]
        parsed = parse(box, now=timezone.now())
        assert (parsed.text, parsed.conditions) == ("red boat", condition)


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
    choices = links(client, q="red boat", mode="words")
    assert (choices["Portrait"][0], choices["Landscape"][0]) == (1, 1)


def counts_address(client: Client, **query: Any) -> str:
    return str(client.get("/search/", query).context["counts_address"])


def test_counts_belong_to_the_results_shown(client: Client, gallery_setting: Any) -> None:
    gallery_setting(page_size=1)
    for width in (200, 300):
        make_image(title="a red boat", width=width, height=250)
    address = counts_address(client, q="red boat", mode="words")
    make_image(title="a red boat", width=200, height=250)
    facets = client.get(address).context["facets"]
    counts = {link.text: link.count for facet in facets for link in facet.links}
    assert (counts["Portrait"], counts["Landscape"]) == (1, 1)
    assert links(client, q="red boat", mode="words")["Portrait"][0] == 2


def test_counts_outlive_the_kept_results(client: Client, gallery_setting: Any) -> None:
    gallery_setting(page_size=1)
    for width in (200, 300):
        make_image(title="a red boat", width=width, height=250)
    address = counts_address(client, q="red boat", mode="words")
    cache.clear()
    facets = client.get(address).context["facets"]
    assert {link.text for facet in facets for link in facet.links} == {"Portrait", "Landscape"}


def test_near_duplicates_are_counted(
    client: Client, builtin: EmbeddingSpace, gallery_setting: Any
) -> None:
    gallery_setting(page_size=1)
    for number, width in enumerate((200, 300, 200, 300)):
        image = make_image(width=width, height=250)
        make_embedding(image, builtin, unit_vector(number // 2))
    reference = make_image(width=200, height=250)
    make_embedding(reference, builtin, unit_vector(0))
    address = counts_address(client, like=reference.pk)
    facets = client.get(address).context["facets"]
    counts = {link.text: link.count for facet in facets for link in facet.links}
    assert (counts["Portrait"], counts["Landscape"]) == (1, 1)


def test_without_a_match_the_other_conditions_count(client: Client) -> None:
    make_image(title="boat", width=200, height=250)
    make_image(title="boat", width=300, height=250, camera="X 100")
    assert "Portrait" not in links(client, q="camera:x -nothing")


def test_what_is_no_filter_is_said(client: Client, builtin: EmbeddingSpace) -> None:
    make_embedding(make_image(), builtin, unit_vector(1))
    text = client.get("/search/?q=boat foo:bar").content.decode()
    assert "Searched as words, because it is not a filter:" in text
    assert "“foo:bar”: no such operator" in text


@pytest.mark.parametrize("example", [example for example, _ in TIPS])
def test_every_search_tip_is_understood(example: str) -> None:
    assert parse(str(example), now=timezone.now()).not_understood == ()
