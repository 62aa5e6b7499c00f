"""The page for questions, as browsers without scripts see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.ask.conftest import MakeShown
from tests.builders import make_image
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
    assert 'href="/ask/?q=boat"' in owner_client.get("/search/?q=boat").content.decode()
    assert "boat" in owner_client.get(f"/ask/?image={image.pk}").content.decode()
    assert "boat" in owner_client.get("/ask/?q=boat").content.decode()


@pytest.mark.parametrize("address", ["/ask/?x=1", "/ask/?image=x", f"/ask/?question={'x' * 501}"])
def test_wrong_parameter_is_named(owner_client: Client, address: str) -> None:
    response = owner_client.get(address)
    assert response.status_code == 400
    assert "parameter" in response.content.decode()


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
