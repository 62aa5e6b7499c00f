from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.html import escape

from gallery.embeddings import encode
from gallery.models import ActivityEvent, EmbeddingSpace, Image, Reaction, Visibility
from gallery.recommendations.activity import consent
from gallery.recommendations.interests import build
from tests.builders import make_embedded, make_image, make_space, unit, unit_vector

pytestmark = pytest.mark.django_db


@pytest.fixture
def space() -> EmbeddingSpace:
    return make_space()


@pytest.fixture
def pictures(space: EmbeddingSpace) -> list[Image]:
    vectors = [unit(unit_vector(1) + 0.3 * unit_vector(100 + number)) for number in range(8)]
    pictures = make_embedded(space, vectors)
    for number, image in enumerate(pictures):
        Image.objects.filter(pk=image.pk).update(title=f"boat <{number}>", width=300, height=200)
    return pictures


def react(client: Client, image: Image, reaction: str, **fields: str) -> Any:
    address = f"/pictures/{image.pk}/reaction/"
    return client.post(address, {"reaction": reaction, **fields}, follow=True)


def test_a_like_leads_to_recommendations(owner_client: Client, pictures: list[Image]) -> None:
    response = react(owner_client, pictures[0], "like")
    assert "You like “" in response.content.decode()
    react(owner_client, pictures[1], "like")
    build.run()
    text = owner_client.get("/for-you/").content.decode()
    reasons = [f"Because you liked “{escape(f'boat <{number}>')}”" for number in (0, 1)]
    assert any(reason in text for reason in reasons)


def test_a_reaction_in_the_feed_returns_there(owner_client: Client, pictures: list[Image]) -> None:
    response = react(owner_client, pictures[0], "dislike", **{"from": "for-you"})
    assert response.redirect_chain[-1][0] == "/for-you/"
    text = response.content.decode()
    assert f"tile-{pictures[0].pk}" not in text
    assert 'value="none"' in text  # Undo
    react(owner_client, pictures[0], "none", **{"from": "for-you"})
    assert not Reaction.objects.exists()


def test_buttons_alone_are_sent_to_scripts(owner_client: Client, pictures: list[Image]) -> None:
    address = f"/pictures/{pictures[0].pk}/reaction/"
    response = owner_client.post(address, {"reaction": "like"}, headers={"HX-Request": "true"})
    text = response.content.decode()
    assert text.count('aria-pressed="true"') == 1
    assert "<html" not in text


def test_the_feed_needs_a_login(client: Client, pictures: list[Image]) -> None:
    assert client.get("/for-you/").status_code == 302
    assert "reactions" not in client.get(pictures[0].get_absolute_url()).content.decode()
    assert react(client, pictures[0], "like").redirect_chain[-1][0].startswith("/login/")
    assert not Reaction.objects.exists()


def test_hidden_pictures_cannot_be_liked(
    owner: User, stranger_client: Client, space: EmbeddingSpace
) -> None:
    hidden = make_image(owner, visibility=Visibility.PRIVATE)
    assert react(stranger_client, hidden, "like").status_code == 404
    assert react(stranger_client, hidden, "none").status_code == 404


def test_likes_of_hidden_pictures_can_be_withdrawn(
    stranger_client: Client, pictures: list[Image]
) -> None:
    react(stranger_client, pictures[0], "like")
    Image.objects.filter(pk=pictures[0].pk).update(visibility=Visibility.PRIVATE)
    answer = react(stranger_client, pictures[0], "none")
    assert answer.redirect_chain == [("/for-you/", 302)]
    assert "Undone." in answer.content.decode()
    assert not Reaction.objects.exists()
    assert react(stranger_client, pictures[0], "none").status_code == 404


def test_open_pages_of_hidden_pictures_withdraw_likes(
    stranger_client: Client, pictures: list[Image]
) -> None:
    react(stranger_client, pictures[0], "like")
    Image.objects.filter(pk=pictures[0].pk).update(visibility=Visibility.PRIVATE)
    address = f"/pictures/{pictures[0].pk}/reaction/"
    script = {"HX-Request": "true"}
    answer = stranger_client.post(address, {"reaction": "none"}, headers=script)
    assert answer.content.decode().count('aria-pressed="false"') == 2
    assert not Reaction.objects.exists()


@pytest.mark.parametrize("reaction", ["", "love"])
def test_unknown_reactions_are_refused(
    owner_client: Client, pictures: list[Image], reaction: str
) -> None:
    assert react(owner_client, pictures[0], reaction).status_code == 400


def test_views_and_searches_count_after_consent(
    owner: User,
    owner_client: Client,
    pictures: list[Image],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encode, "text_vectors", lambda space, texts: [unit_vector(1)] * len(texts))
    addresses = (pictures[0].get_absolute_url(), "/search/?q=boat")
    for address in addresses:
        assert owner_client.get(address).status_code == 200
    assert not ActivityEvent.objects.exists()
    consent.give(owner)
    for address in addresses:  # as a link on a page of another site
        owner_client.get(address, headers={"Sec-Fetch-Site": "cross-site"})
        owner_client.get(address, headers={"Referer": "http://evil.test/"})
    assert not ActivityEvent.objects.exists()
    for address in addresses:
        owner_client.get(address, headers={"Sec-Fetch-Site": "same-origin"})
    events = ActivityEvent.objects.order_by("kind")
    assert [(row.kind, row.text) for row in events] == [("search", "boat"), ("view", "")]
    build.run()
    text = owner_client.get("/for-you/").content.decode()
    assert "Because you searched for “boat”" in text
    assert "Because you viewed" in text


def test_a_search_shows_that_it_is_adjusted(
    owner_client: Client, pictures: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encode, "text_vectors", lambda space, texts: [unit_vector(1)] * len(texts))
    notice = "Adjusted to your taste"
    assert notice not in owner_client.get("/search/?q=boat&taste=1").content.decode()
    react(owner_client, pictures[0], "like")
    build.run()
    text = owner_client.get("/search/?q=boat&taste=1").content.decode()
    assert notice in text
    assert 'href="/search/?q=boat" data-search>Undo' in text
    assert notice not in owner_client.get("/search/?q=boat").content.decode()
