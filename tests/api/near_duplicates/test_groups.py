from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Image, NearDuplicatePair
from tests.api.responses import json_body, problem
from tests.builders import (
    by_token,
    make_image,
    make_near_duplicates,
    make_tag,
    make_token,
    tag_image,
)

ADDRESS = "/api/v1/near-duplicates/"


@pytest.fixture
def pair(owner: User) -> tuple[Image, Image]:
    """The first one is larger."""
    pair = make_image(owner, width=600, height=400), make_image(owner)
    make_near_duplicates(*pair)
    return pair


def decide(client: Client, decision: str, images: Any, **fields: Any) -> Any:
    keys = [str(getattr(image, "pk", image)) for image in images]
    body = {"decision": decision, "images": keys, **fields}
    return client.post(ADDRESS, body, content_type="application/json")


def test_groups_name_the_best_and_its_reason(
    owner_client: Client, pair: tuple[Image, Image]
) -> None:
    (group,) = json_body(owner_client.get(ADDRESS))["results"]
    assert (group["best"], group["reason"]) == (str(pair[0].pk), "pixels")
    assert [image["id"] for image in group["images"]] == [str(image.pk) for image in pair]
    assert group["images"][1] == {
        "id": str(pair[1].pk),
        "similarity": 0.97,
        "distance": 2,
        "width": 300,
        "height": 200,
        "size": 1234,
        "format": "png",
        "damaged": False,
    }


def test_limit_counts_groups(owner_client: Client, owner: User) -> None:
    for _ in range(3):
        make_near_duplicates(make_image(owner), make_image(owner))
    assert len(json_body(owner_client.get(ADDRESS, {"limit": 2}))["results"]) == 2
    assert len(json_body(owner_client.get(ADDRESS))["results"]) == 3


def test_the_best_is_kept(owner_client: Client, pair: tuple[Image, Image]) -> None:
    tag_image(pair[1], make_tag("cat"))
    answer = decide(owner_client, "keep_best", pair, best=str(pair[0].pk))
    assert json_body(answer) == {"deleted": 1}
    assert Image.objects.get().tag_names == "cat"
    assert json_body(owner_client.get(ADDRESS)) == {"results": []}


def test_all_are_kept_until_the_decision_is_withdrawn(
    owner_client: Client, pair: tuple[Image, Image]
) -> None:
    assert json_body(decide(owner_client, "keep_all", pair)) == {"deleted": 0}
    assert json_body(owner_client.get(ADDRESS)) == {"results": []}
    decide(owner_client, "reopen", pair)
    assert len(json_body(owner_client.get(ADDRESS))["results"]) == 1


def test_only_own_decisions_are_withdrawn(
    owner_client: Client, stranger_client: Client, pair: tuple[Image, Image]
) -> None:
    problem(decide(owner_client, "reopen", pair), 409, "near_duplicates_changed")
    decide(owner_client, "keep_all", pair)
    unknown = [uuid.uuid4(), uuid.uuid4()]
    for client, images in (
        (stranger_client, pair), (owner_client, unknown), (owner_client, [*pair, *unknown]),
    ):  # fmt: skip
        problem(decide(client, "reopen", images), 409, "near_duplicates_changed")
    assert NearDuplicatePair.objects.get().state == "kept"


@pytest.mark.parametrize("decision", ["keep_best", "keep_all"])
def test_images_of_others_are_a_conflict(
    stranger_client: Client, pair: tuple[Image, Image], decision: str
) -> None:
    assert json_body(stranger_client.get(ADDRESS)) == {"results": []}
    fields = {"best": str(pair[0].pk)} if decision == "keep_best" else {}
    answer = decide(stranger_client, decision, pair, **fields)
    problem(answer, 409, "near_duplicates_changed")
    assert NearDuplicatePair.objects.undecided().exists()


def test_a_login_is_needed(client: Client, pair: tuple[Image, Image]) -> None:
    problem(client.get(ADDRESS), 401, "not_authenticated")
    problem(decide(client, "keep_all", pair), 401, "not_authenticated")


def test_a_token_that_reads_may_not_decide(owner: User, pair: tuple[Image, Image]) -> None:
    client = Client(headers=by_token(make_token(owner, "read")))
    assert len(json_body(client.get(ADDRESS))["results"]) == 1
    problem(decide(client, "keep_all", pair), 403, "scope")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"decision": "burn"}, "decision", "invalid_choice"),
        ({"decision": "keep_best"}, "best", "required"),
        ({"decision": "keep_best", "best": str(uuid.uuid4())}, "best", "invalid"),
        ({"decision": "keep_all", "best": str(uuid.uuid4())}, "best", "invalid"),
        ({"decision": "keep_all", "images": [str(uuid.uuid4())]}, "images", "too_few"),
        ({"decision": "keep_all", "images": [str(uuid.uuid4())] * 26}, "images", "too_many"),
        ({"decision": "keep_all", "images": ["x", "y"]}, "images.0", "invalid"),
        ({"decision": "keep_all", "merge": "no"}, "merge", "invalid"),
        ({"decision": "keep_all", "force": True}, "force", "unknown"),
    ],
)
def test_wrong_decisions_name_the_field(
    owner_client: Client, pair: tuple[Image, Image], body: dict[str, Any], field: str, code: str
) -> None:
    complete = {"images": [str(image.pk) for image in pair], **body}
    response = owner_client.post(ADDRESS, complete, content_type="application/json")
    assert problem(response, 400, code)["errors"][0]["attr"] == field


def test_unknown_parameters_are_refused(owner_client: Client) -> None:
    problem(owner_client.get(ADDRESS, {"page": 2}), 400, "unknown")


@pytest.mark.parametrize("decision", ["keep_best", "keep_all", "reopen"])
def test_a_repeated_image_is_refused(
    owner_client: Client, pair: tuple[Image, Image], decision: str
) -> None:
    fields = {"best": str(pair[0].pk)} if decision == "keep_best" else {}
    answer = decide(owner_client, decision, [*pair, str(pair[0].pk).upper()], **fields)
    assert problem(answer, 400, "repeated")["errors"][0]["attr"] == "images.2"
    assert NearDuplicatePair.objects.get().state == "open"
    assert Image.objects.count() == 2
