from __future__ import annotations

import base64
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.settings import api_settings

from gallery.changeover.choose import choose
from gallery.core.errors import BadEmbedding
from gallery.embeddings import encode, spaces
from gallery.encoders.model.names import BUILTIN
from gallery.models import EmbeddingSpace, Image, State
from tests import scenes
from tests.api.responses import PEOPLE, VISIBLE_TO, json_body, problem
from tests.builders import make_embedding, make_image

ZERO_SHOT = "/api/v1/zero-shot/"
LABELS = ["cat", "dog", "boat"]


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    return choose(BUILTIN)


@pytest.fixture
def boat(space: EmbeddingSpace) -> Image:
    """An image whose vector is that of a photo of a boat."""
    image = make_image()
    make_embedding(image, space, encode.text_vector(space, "a photo of a boat"))
    return image


def classify(client: Client, image: Image | uuid.UUID, **fields: Any) -> Any:
    key = image.pk if isinstance(image, Image) else image
    address = f"/api/v1/images/{key}/zero-shot/"
    return client.post(address, {"labels": LABELS, **fields}, content_type="application/json")


def picture(data: bytes = scenes.plain()) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.png", data, "image/png")


def test_an_image_is_scored_by_its_vector(
    owner_client: Client, boat: Image, space: EmbeddingSpace
) -> None:
    body = json_body(classify(owner_client, boat))
    assert set(body) == {"encoder", "fingerprint", "logit_scale", "results"}
    assert (body["encoder"], body["fingerprint"]) == (BUILTIN, space.fingerprint)
    assert body["logit_scale"] == spaces.encoder_of(space).logit_scale
    first = body["results"][0]
    assert first["label"] == "boat"
    assert first["similarity"] == pytest.approx(1, abs=1e-4)
    assert {row["label"] for row in body["results"]} == set(LABELS)


def test_results_are_sorted_and_probabilities_add_up(owner_client: Client, boat: Image) -> None:
    shares = [row["probability"] for row in json_body(classify(owner_client, boat))["results"]]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1)


def test_an_uploaded_picture_is_scored_but_not_stored(
    owner_client: Client, space: EmbeddingSpace
) -> None:
    body = json_body(owner_client.post(ZERO_SHOT, {"image": picture(), "labels": ["cat", "猫"]}))
    assert {row["label"] for row in body["results"]} == {"cat", "猫"}
    assert sum(row["probability"] for row in body["results"]) == pytest.approx(1)
    assert not Image.objects.exists()


def test_a_picture_in_base64_gets_the_same_scores(
    owner_client: Client, space: EmbeddingSpace
) -> None:
    form = owner_client.post(ZERO_SHOT, {"image": picture(), "labels": LABELS})
    fields = {"image": base64.b64encode(scenes.plain()).decode(), "labels": LABELS}
    answer = owner_client.post(ZERO_SHOT, fields, content_type="application/json")
    assert json_body(answer) == json_body(form)


def test_templates_may_be_given(owner_client: Client, boat: Image) -> None:
    plain = json_body(classify(owner_client, boat))
    assert json_body(classify(owner_client, boat, templates=["a photo of a {}"])) == plain
    assert json_body(classify(owner_client, boat, templates=[])) == plain
    assert json_body(classify(owner_client, boat, templates=["{} in a drawing", "one {}"])) != plain


def test_a_form_may_repeat_labels_and_templates(
    owner_client: Client, space: EmbeddingSpace
) -> None:
    form = {"image": picture(), "labels": LABELS, "templates": ["one {}", "{} two"]}
    assert len(json_body(owner_client.post(ZERO_SHOT, form))["results"]) == 3


@pytest.mark.parametrize("person", PEOPLE)
def test_users_can_score_visible_images_only(
    people: dict[str, Client], images: dict[str, Image], space: EmbeddingSpace, person: str
) -> None:
    vector = encode.text_vector(space, "a dog")
    for visibility, image in images.items():
        make_embedding(image, space, vector)
        response = classify(people[person], image)
        if person == "anonymous":
            problem(response, 401, "not_authenticated")
        elif person in VISIBLE_TO[visibility]:
            json_body(response)
        else:
            absent = problem(classify(people[person], uuid.uuid4()), 404, "not_found")
            assert problem(response, 404, "not_found") == absent


def test_an_uploaded_picture_requires_login(client: Client, db: None) -> None:
    response = client.post(ZERO_SHOT, {"image": picture(), "labels": LABELS})
    problem(response, 401, "not_authenticated")


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (State.STORED, "still being processed"),
        (State.DERIVED, "still being processed"),
        (State.READY, "still being processed"),
        (State.FAILED, "could not be processed"),
        (State.QUARANTINED, "could not be processed"),
    ],
)
def test_an_image_without_a_vector_gives_409(
    owner_client: Client, space: EmbeddingSpace, state: State, message: str
) -> None:
    document = problem(classify(owner_client, make_image(state=state)), 409, "conflict")
    assert message in document["detail"]


@pytest.mark.parametrize(
    ("fields", "attr", "code"),
    [
        ({"labels": None}, "labels", "null"),
        ({"labels": "cat"}, "labels", "not_a_list"),
        ({"labels": ["cat"]}, "labels", "too_few"),
        ({"labels": [str(n) for n in range(101)]}, "labels", "too_many"),
        ({"labels": ["cat", ""]}, "labels.1", "blank"),
        ({"labels": ["cat", "dog", True]}, "labels.2", "invalid"),
        ({"labels": ["cat", 1.5]}, "labels.1", "invalid"),
        ({"labels": ["cat", "x" * 101]}, "labels.1", "max_length"),
        ({"labels": ["cat", "\ud800"]}, "labels.1", "surrogate_characters_not_allowed"),
        ({"labels": ["a  cat", "a cat "]}, "labels", "unique"),
        ({"labels": ["caf\u00e9", "cafe\u0301"]}, "labels", "unique"),
        ({"templates": ["a photo"]}, "templates.0", "placeholder"),
        ({"templates": ["a {}", "{} and {}"]}, "templates.1", "placeholder"),
        ({"templates": ["{}" + "x" * 99]}, "templates.0", "max_length"),
        ({"templates": ["{}"] * 21}, "templates", "too_many"),
        ({"templates": ["{}"] * 5, "labels": [str(n) for n in range(81)]}, "templates", "too_many"),
    ],
)
def test_an_invalid_field_is_reported_by_name(
    owner_client: Client, boat: Image, fields: dict[str, Any], attr: str, code: str
) -> None:
    document = problem(classify(owner_client, boat, **fields), 400, code)
    assert document["errors"][0]["attr"] == attr


def test_labels_are_required(owner_client: Client, boat: Image) -> None:
    response = owner_client.post(
        f"/api/v1/images/{boat.pk}/zero-shot/", {}, content_type="application/json"
    )
    assert problem(response, 400, "required")["errors"][0]["attr"] == "labels"


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 400, "empty_file"),
        (b"no picture at all", 415, "unsupported_type"),
        (scenes.plain()[:30], 422, "corrupt"),
    ],
)
def test_uploaded_pictures_are_checked_like_uploads(
    owner_client: Client, space: EmbeddingSpace, data: bytes, status: int, code: str
) -> None:
    form = {"image": picture(data), "labels": LABELS}
    document = problem(owner_client.post(ZERO_SHOT, form), status, code)
    assert document["errors"][0]["attr"] == "image"


def test_an_encoder_failure_is_no_server_error(
    owner_client: Client, boat: Image, space: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(texts: list[str]) -> Any:
        raise BadEmbedding("The encoder gave a vector that is not finite.")

    monkeypatch.setattr(spaces.encoder_of(space), "encode_texts", refusing)
    labels = [f"not cached {uuid.uuid4()}", "nor this"]
    problem(classify(owner_client, boat, labels=labels), 422, "bad_embedding")


def test_without_an_encoder_the_status_is_503(owner_client: Client) -> None:
    problem(classify(owner_client, make_image()), 503, "encoder_unavailable")


def test_all_encoder_endpoints_share_a_limit(
    owner_client: Client, boat: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = {"encoder": "2/m"}
    monkeypatch.setattr(api_settings, "DEFAULT_THROTTLE_RATES", rates, raising=False)
    addresses = (f"/api/v1/images/{boat.pk}/zero-shot/", ZERO_SHOT, "/api/v1/embeddings/")
    statuses = [owner_client.post(address).status_code for address in addresses]
    assert [status == 429 for status in statuses] == [False, False, True]
