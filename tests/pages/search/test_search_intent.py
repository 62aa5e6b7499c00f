"""The search page reads sentences, says so, and lets people undo each part."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from gallery.models import EmbeddingSpace
from tests.builders import make_embedded, make_image, unit_vector
from tests.llm.provider import running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("builtin")]
SENTENCE = "boats from last month, not drawings, landscape"


def page(client: Client, headers: dict[str, str] | None = None, **parameters: Any) -> Any:
    response = client.get("/search/", parameters, headers=headers)
    assert response.status_code == 200
    return response


def chips(response: Any) -> dict[str, str]:
    """The address behind each understood part, by its label."""
    shown = response.context["chips"]
    return {str(chip.text): str(chip.without) for chip in shown if chip.kind == "understood"}


def line(response: Any) -> str:
    match = re.search(r'<p class="intent-line".*?</p>', response.content.decode(), re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", match[0]).split()) if match else ""


def titles(response: Any) -> set[str]:
    return {hit.image.title for hit in response.context["result"].hits}


def test_exclusions_and_orders_alone_are_shown(client: Client) -> None:
    first, second = make_image(title="dogs at home"), make_image(title="a lake")
    response = page(client, q="pictures without dogs")
    assert titles(response) == {second.title}
    (undone,) = chips(response).values()
    assert list(chips(response)) == ["Without “dogs”"]
    assert client.get(undone).context["query"].text == "pictures without dogs"
    response = page(client, q="oldest first")
    assert list(chips(response)) == ["Date taken: oldest"]
    assert [hit.image for hit in response.context["result"].hits] == [first, second]


def test_a_sentence_becomes_filters_with_chips(client: Client) -> None:
    month_ago = timezone.localtime().replace(day=1) - timedelta(days=3)
    for title, moment, width in (("right", month_ago, 300), ("tall", month_ago, 100)):
        make_image(title=title, taken_at=moment, width=width, height=200)
    make_image(title="new", taken_at=timezone.now(), width=300, height=200)
    response = page(client, q="photos from last month, landscape")
    assert titles(response) == {"right"}
    assert list(chips(response))[1] == "Landscape"
    assert line(response).startswith("Understood by rules. Search exactly these words")
    undone = client.get(chips(response)["Landscape"])
    assert undone.context["query"].text == "landscape"
    assert "“landscape” is searched as words. Understand again" in line(undone)
    again = re.search(r'id="again-1" href="([^"]+)"', undone.content.decode())
    assert again
    assert list(chips(client.get(again[1].replace("&amp;", "&")))) == list(chips(response))


def test_nothing_is_understood_once_all_is_undone(client: Client) -> None:
    response = page(client, q="find boats, landscape format", as_text="landscape format")
    assert "Understood" not in line(response)


def test_exact_words_are_not_read(client: Client) -> None:
    response = page(client, q=SENTENCE, intent="off")
    assert response.context["query"].text == SENTENCE
    assert line(response) == "Searched exactly as typed. Understand by rules"


def test_a_plain_search_has_no_notice(client: Client) -> None:
    response = page(client, q="a dog on a beach")
    assert line(response) == ""
    assert response.context["chips"] == []


def test_the_filters_count_what_was_understood(client: Client) -> None:
    make_image(width=300, height=200)
    make_image(width=200, height=300)
    response = client.get("/search/filters/", {"q": "photos from today, landscape"})
    assert response.context["counted"] == 1


def test_the_address_decides_before_the_sentence(client: Client) -> None:
    for day in range(3):
        make_image(taken_at=timezone.now() - timedelta(days=day))
    response = page(client, q="latest 2 pictures from this year")
    assert len(response.context["result"].hits) == 2
    longer = page(client, q="latest 2 pictures from this year", limit=3)
    assert len(longer.context["result"].hits) == 3


def test_only_the_text_is_removed_by_its_chip(client: Client, builtin: EmbeddingSpace) -> None:
    make_embedded(builtin, [unit_vector(1)])
    text = next(c for c in page(client, q=SENTENCE).context["chips"] if c.kind == "text")
    assert text.text == "boats"
    rest = client.get(str(text.without))
    labels = [label.replace("Less of", "Without") for label in chips(page(client, q=SENTENCE))]
    assert list(chips(rest)) == labels


def test_a_model_is_asked_by_a_link(
    client: Client, owner: User, gallery_setting: Any, own_cache: None
) -> None:
    negative = {"quote": "hold the birds", "means": "less_like", "operator": "", "number": 0}
    with running() as provider:
        provider.pieces = [json.dumps({"parts": [{**negative, "words": ["birds"]}]})]
        gallery_setting(
            llm_provider="openai", llm_model="a-model", llm_url=provider.url, llm_key="k"
        )
        address: dict[str, Any] = {"q": "lakes, hold the birds, landscape format"}
        assert "Ask the language model" not in line(page(client, **address))
        client.force_login(owner)
        assert line(page(client, **address)).endswith("Ask the language model")
        assert provider.requests == []
        foreign = page(client, **address, intent="model")
        assert line(foreign).startswith("Understood by rules.")
        assert line(foreign).endswith("Ask the language model")
        assert provider.requests == []
        own_site = {"Referer": "http://testserver/search/"}
        response = page(client, headers=own_site, **address, intent="model")
        assert list(chips(response)) == ["Less of “birds”"]
        assert line(response).startswith("Understood by a-model. Understand by rules")
        provider.faults = ["500"] * 9
        response = page(client, headers=own_site, q="boats, landscape format", intent="model")
        assert list(chips(response)) == ["Landscape"]
        assert line(response).startswith("The language model gave no usable answer.")
        assert "Understand by rules" not in line(response)
        assert line(response).endswith("Ask the language model again")


@pytest.mark.parametrize("wrong", [{"intent": "always"}, {"as_text": "x" * 600}])
def test_unknown_ways_to_read_are_refused(client: Client, wrong: dict[str, str]) -> None:
    assert client.get("/search/", {"q": "cat", **wrong}).status_code == 400


def test_own_pictures_are_those_of_the_reader(client: Client, owner: User) -> None:
    make_image(title="own", owner=owner)
    make_image(title="other")
    assert page(client, q="my photos of boats").context["query"].text == "my photos of boats"
    client.force_login(owner)
    response = page(client, q="my photos")
    assert titles(response) == {"own"}
    assert escape("Undo: search “my” as words") in response.content.decode()
