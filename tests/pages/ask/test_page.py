"""The page for questions, as browsers without scripts see it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.ask.conftest import MakeShown
from tests.builders import make_image, make_tag, tag_image
from tests.llm.provider import Provider

ADDRESS = "/ask/"


def ask(client: Client, question: str = "What do they show?", **fields: str) -> Any:
    response: Any = client.post(ADDRESS, {"question": question, **fields})
    response.text_of_page = response.content.decode()
    return response


def test_answer_comes_whole_with_links_to_pictures(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    make_shown(owner)
    model.pieces = ["A wall [1] and [5]."]
    page = ask(owner_client).text_of_page
    assert 'A wall [<a href="#picture-1">1</a>] and [5].' in page
    assert 'id="picture-1"' in page
    assert "1 picture was found." in page


def test_follow_up_shows_the_conversation(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    make_shown(owner)
    first = ask(owner_client)
    page = ask(owner_client, "And now?", conversation=first.context["conversation"]).text_of_page
    for text in ("What do they show?", "Two cats [1].", "And now?"):
        assert text in page


def test_follow_up_shows_what_the_database_answered(
    make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    make_shown(owner)
    first = ask(owner_client, "How many pictures?")
    later = ask(owner_client, "And unicorns?", conversation=first.context["conversation"])
    assert "1 picture was found." not in later.context["answered"].facts.text
    assert "1 picture was found." in later.text_of_page


def test_follow_up_keeps_facts_beside_answers(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    make_shown(owner)
    first = ask(owner_client, "How many pictures?")
    later = ask(owner_client, "And unicorns?", conversation=first.context["conversation"])
    assert "1 picture was found." in later.text_of_page
    assert "1 picture was found." not in model.received_text()


def test_numbers_lead_to_the_search(
    make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    tag = make_tag("cat")
    for year in (2020, 2021):
        image = make_shown(owner, title="", taken_at=f"{year}-06-01T00:00Z")
        tag_image(image, tag)
    page = ask(owner_client, "How many cats in 2021?").text_of_page
    href = re.search(r'class="in-search"><a href="([^"]*)"', page)
    assert href
    hits = owner_client.get(href[1]).context["result"].hits
    assert [hit.image.pk for hit in hits] == [image.pk]


def test_failed_question_stays_in_its_box(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    make_shown(owner)
    model.faults = ["400"]
    assert 'name="question" value="How many?"' in ask(owner_client, "How many?").text_of_page


def test_fault_of_the_model_leaves_the_facts(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    make_shown(owner)
    model.faults, model.retry_after = ["429"], "100"
    response = ask(owner_client, "How many pictures?")
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert "1 picture was found." in response.text_of_page
    assert "too many requests" in response.text_of_page


def test_pages_lead_to_questions_about_them(
    make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    image = make_shown(owner, title="boat")
    page = owner_client.get(image.get_absolute_url()).content.decode()
    assert f'href="/ask/?image={image.pk}"' in page
    search = "q=boat+is%3Amine&order=oldest&mode=words"
    page = owner_client.get(f"/search/?{search}").content.decode()
    assert f'href="/ask/?{search.replace("&", "&amp;")}"' in page
    assert "boat" in owner_client.get(f"/ask/?image={image.pk}").content.decode()
    assert "boat" in owner_client.get("/ask/?q=boat").content.decode()


@pytest.mark.parametrize(
    "address",
    ["/ask/?x=1", "/ask/?x=", "/ask/?mode=x", "/ask/?image=x", f"/ask/?question={'x' * 501}"],
)
def test_wrong_parameter_is_named(owner_client: Client, address: str) -> None:
    response = owner_client.get(address)
    assert response.status_code == 400
    assert "parameter" in response.content.decode()


def test_question_passes_the_whole_search(
    make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    for year in (2019, 2020, 2021):
        make_shown(owner, title="boat", taken_at=f"{year}-06-01T00:00Z")
    search = {"q": "boat date:2020..2021", "mode": "words", "order": "oldest"}
    page = owner_client.get(ADDRESS, search).content.decode()
    for name, value in search.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    text = ask(owner_client, "How many are these?", **search).text_of_page
    assert "2 pictures were found." in text


def test_budget_error_keeps_the_facts_in_events(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User, gallery_setting: Any
) -> None:
    gallery_setting(llm_user_requests=1)
    make_shown(owner)
    for expected in ("event: text", "event: error"):
        response: Any = owner_client.post(
            ADDRESS, {"question": "How many?"}, headers={"Accept": "text/event-stream"}
        )
        events = b"".join(response.streaming_content).decode()
        assert "1 picture was found." in events
        assert expected in events
        assert "event: end" in events
    assert "sent to the language model" not in events


def test_places_lead_to_their_pictures(
    make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    for latitude in (48.851, 48.949):
        make_shown(owner, title="in Paris", latitude=latitude, longitude=2.35)
    make_shown(owner, title="far away", latitude=49.1, longitude=2.35)
    page = ask(owner_client, "Where were they taken?").text_of_page
    href = re.search(r'href="(/search/[^"]*near[^"]*)">around 48.9° N, 2.4° E \(2', page)
    assert href
    hits = owner_client.get(href[1]).context["result"].hits
    assert [hit.image.title for hit in hits] == ["in Paris"] * 2


def test_reader_learns_how_many_are_sent(
    model: Provider, make_shown: MakeShown, owner_client: Client, owner: User
) -> None:
    for _ in range(10):
        make_shown(owner)
    text = ask(owner_client, "What do they show?").text_of_page
    assert "Of 10 pictures, 8 were sent to the language model." in text


def test_hidden_picture_does_not_exist(stranger_client: Client, owner: User) -> None:
    image = make_image(owner, visibility="private")
    assert stranger_client.get(f"/ask/?image={image.pk}").status_code == 404
    assert ask(stranger_client, image=str(image.pk)).status_code == 404


def test_reader_learns_who_answers(
    owner_client: Client, client: Client, owner: User, gallery_setting: Any
) -> None:
    assert "no language model" in owner_client.get(ADDRESS).content.decode()
    gallery_setting(llm_provider="openai", llm_model="m", llm_url="http://127.0.0.1:1")
    assert "are sent to the language model" in owner_client.get(ADDRESS).content.decode()
    assert "Log in" in client.get(ADDRESS).content.decode()
