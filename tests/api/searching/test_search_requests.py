"""Terms, pages, filters and refused parameters of the search endpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.changeover.choose import choose
from gallery.models import EmbeddingSpace, Image
from tests.api.responses import json_body
from tests.api.searching.requests import SEARCH, A, B, post, titles, vector
from tests.builders import make_embedded, unit


def test_terms_with_weights_are_combined(client: Client, ships: list[Image]) -> None:
    terms = [vector(A), vector(B, weight=-0.5)]
    assert titles(json_body(post(client, terms=terms))) == ["red boat", "both", "blue boat"]
    both = json_body(post(client, terms=[vector(A), vector(B)], combine="max"))
    assert titles(both)[2] == "both"


def test_liked_and_disliked_images_count(client: Client, ships: list[Image]) -> None:
    red, blue, _ = (str(image.pk) for image in ships)
    body = json_body(post(client, terms=[vector(A + B)], liked=[blue], disliked=[red]))
    assert titles(body) == ["both", "blue boat"]


def test_several_terms_have_bands(client: Client, db: None) -> None:
    space = choose("builtin")
    red, blue, both, first = make_embedded(space, [A, B, unit(A + B), unit(A + 0.2 * B)])
    terms = [{"image_id": str(image.pk)} for image in (red, blue)]
    body = json_body(post(client, terms=terms))
    assert [(hit["id"], hit["band"]) for hit in body["results"]] == [
        (str(both.pk), "strong"),
        (str(first.pk), "strong"),
    ]
    assert not body["nothing_close"]
    liked = json_body(post(client, image_id=str(red.pk), liked=[str(both.pk)]))
    assert {hit["id"]: hit["band"] for hit in liked["results"]}[str(blue.pk)] == "weak"
    far = json_body(post(client, terms=[terms[1], {**terms[0], "weight": -1}]))
    assert far["nothing_close"]


def test_filters_restrict_a_search(owner_client: Client, ships: list[Image]) -> None:
    body = json_body(post(owner_client, terms=[vector()], filter={"orientation": ["portrait"]}))
    assert titles(body) == ["both"]
    address = f"/api/v1/images/{ships[0].pk}/similar/"
    assert titles(json_body(owner_client.get(address, {"orientation": "landscape"}))) == [
        "blue boat"
    ]
    near = json_body(owner_client.get(address, {"min_similarity": "0.5"}))
    assert titles(near) == ["both"]


def test_operators_in_the_text_are_filters(owner_client: Client, ships: list[Image]) -> None:
    body = json_body(owner_client.get(SEARCH, {"q": "boat owner:owner -red", "mode": "words"}))
    assert (titles(body), body["not_understood"]) == (["blue boat"], [])
    body = json_body(owner_client.get(SEARCH, {"q": "boat colur:x", "mode": "words"}))
    assert set(titles(body)) == {"red boat", "blue boat"}
    assert "colur:x" in body["not_understood"][0]


@pytest.mark.parametrize("as_json", [True, False])
def test_operators_mean_the_same_in_a_post(
    owner_client: Client, ships: list[Image], as_json: bool
) -> None:
    boxes = ["boat owner:owner -red", '"blue boat" is:landscape', "boat colur:x", "is:portrait"]
    for box in boxes:
        fields = {"q": box, "mode": "words"}
        by_get = json_body(owner_client.get(SEARCH, fields))
        by_post = json_body(
            post(owner_client, **fields) if as_json else owner_client.post(SEARCH, fields)
        )
        assert titles(by_post) == titles(by_get)
        assert by_post["not_understood"] == by_get["not_understood"]


def test_operators_and_filters_both_have_to_hold(owner_client: Client, ships: list[Image]) -> None:
    fields = {"q": "is:landscape -red", "filter": {"owner": "me"}, "terms": [vector(B)]}
    assert titles(json_body(post(owner_client, **fields))) == ["blue boat"]
    fields["filter"] = {"orientation": ["portrait"]}
    assert titles(json_body(post(owner_client, **fields))) == []


def test_a_text_has_no_operators(owner_client: Client, ships: list[Image]) -> None:
    body = json_body(post(owner_client, text="boat owner:nobody", mode="words"))
    assert set(titles(body)) == {"red boat", "blue boat"}


def test_a_filter_alone_lists_images(owner_client: Client, ships: list[Image]) -> None:
    body = json_body(owner_client.get(SEARCH, {"orientation": "portrait"}))
    assert titles(body) == ["both"]
    assert body["results"][0]["similarity"] is None
    assert titles(json_body(owner_client.get(SEARCH, {"q": "is:portrait"}))) == ["both"]


def test_next_leads_through_all_pages(client: Client, ships: list[Image]) -> None:
    page = json_body(client.get(SEARCH, {"q": "boat", "mode": "words", "limit": "1"}))
    assert page["next"].startswith("http://testserver/api/v1/search/?")
    second = json_body(client.get(page["next"]))
    assert titles(page) != titles(second)
    assert (second["next"], second["cursor"]) == (None, None)


def test_a_cursor_continues_a_posted_search(client: Client, ships: list[Image]) -> None:
    fields = {"terms": [vector()], "limit": 2}
    first = json_body(post(client, **fields))
    assert first["next"] is None
    second = json_body(post(client, **fields, cursor=first["cursor"]))
    assert titles(first) + titles(second) == ["red boat", "both", "blue boat"]


def test_uploaded_pictures_have_further_pages(
    client: Client,
    ships: list[Image],
    meanings: dict[str, Any],
    png: Callable[..., SimpleUploadedFile],
) -> None:
    meanings["picture"] = A
    first = json_body(client.post(SEARCH, {"images": png(), "limit": 1}))
    terms = [{"image_key": key} for key in first["image_keys"]]
    second = json_body(post(client, terms=terms, cursor=first["cursor"]))
    assert titles(first) + titles(second) == ["red boat", "both", "blue boat"]


def test_only_owners_get_vectors(
    people: dict[str, Client], ships: list[Image], space: EmbeddingSpace
) -> None:
    for person, client in people.items():
        body = json_body(post(client, terms=[vector()], with_vector=True, limit=1))
        single = json_body(client.get(f"/api/v1/images/{ships[0].pk}/?with_vector=true"))
        for shown in (body["results"][0]["vector"], single["vector"]):
            assert shown == (pytest.approx(A.tolist()) if person == "owner" else None)
    assert "vector" not in json_body(people["owner"].get(f"/api/v1/images/{ships[0].pk}/"))
