from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.core.errors import BadEmbedding
from gallery.embeddings import spaces
from gallery.models import EmbeddingSpace, Image, State, Visibility
from tests.builders import make_embedding, make_image, make_space, unit, unit_vector
from tests.pages.conftest import MakeFile

pytestmark = pytest.mark.django_db


def found(client: Client, **query: Any) -> list[Image]:
    response = client.get("/search/", query)
    assert response.status_code == 200
    return [hit.image for hit in response.context["result"].hits]


def near(space: EmbeddingSpace, closeness: float, **fields: Any) -> Image:
    image = make_image(**fields)
    make_embedding(image, space, unit(unit_vector(0) * closeness + unit_vector(1)))
    return image


def test_without_a_question_it_invites(client: Client) -> None:
    assert "Search by words or by a picture" in client.get("/search/").content.decode()


def test_words_find_pictures_with_their_similarity(client: Client, builtin: EmbeddingSpace) -> None:
    image = near(builtin, 1)
    response = client.get("/search/", {"q": "a boat"})
    [hit] = response.context["result"].hits
    assert hit.image == image
    shown = f"{hit.similarity:.2f}".replace("-0.00", "0.00")
    assert f"similarity </span>{shown}" in response.content.decode()
    assert "<title>a boat – Search" in response.content.decode()


def test_a_picture_of_the_gallery_finds_its_like(client: Client) -> None:
    space = make_space()
    asked, far, close = near(space, 9), near(space, 1), near(space, 8)
    assert found(client, like=asked.pk) == [close, far]


def test_strangers_find_no_private_pictures(
    owner: User, client: Client, stranger_client: Client, owner_client: Client
) -> None:
    space = make_space()
    asked, hidden = near(space, 5), near(space, 5, owner=owner, visibility=Visibility.PRIVATE)
    assert found(client, like=asked.pk) == found(stranger_client, like=asked.pk) == []
    assert found(owner_client, like=asked.pk) == [hidden]


def test_a_private_picture_is_no_question_for_strangers(
    owner: User, stranger_client: Client
) -> None:
    hidden = near(make_space(), 5, owner=owner, visibility=Visibility.PRIVATE)
    assert stranger_client.get(f"/search/?like={hidden.pk}").status_code == 404


def test_limit_and_minimum_stand_in_the_address(client: Client) -> None:
    space = make_space()
    asked, close, _ = near(space, 9), near(space, 8), near(space, 0.1)
    assert found(client, like=asked.pk, limit=1) == [close]
    assert found(client, like=asked.pk, min_similarity="0.9") == [close]


NONSENSE: list[dict[str, Any]] = [
    {"q": "x" * 513},
    {"q": "x", "limit": "0x"},
    {"q": "x", "limit": 9999},
    {"q": "x", "limit": 0},
    {"q": "x", "min_similarity": "2"},
    {"q": "x", "min_similarity": "nan"},
    {"q": "x", "picture": "y"},
    {"like": "nobody"},
]


@pytest.mark.parametrize("query", NONSENSE)
def test_an_address_that_asks_for_nonsense_is_a_400(client: Client, query: dict[str, Any]) -> None:
    make_space()
    assert client.get("/search/", query).status_code == 400


def test_a_dropped_picture_gets_an_address(
    client: Client, builtin: EmbeddingSpace, make_file: MakeFile
) -> None:
    image = near(builtin, 1)
    response = client.post("/search/", {"picture": make_file()})
    assert response.status_code == 303
    page = client.get(response.headers["Location"])
    assert [hit.image for hit in page.context["result"].hits] == [image]
    key = page.context["query"].picture
    preview = client.get(f"/search/pictures/{key}.webp")
    assert preview.content[8:12] == b"WEBP"


def test_a_dropped_file_that_is_no_picture_is_refused_in_words(
    client: Client, builtin: EmbeddingSpace
) -> None:
    response = client.post("/search/", {"picture": SimpleUploadedFile("a.txt", b"hello")})
    assert response.status_code == 415
    assert "not a picture" in response.content.decode()


def test_an_expired_picture_says_so(client: Client, builtin: EmbeddingSpace) -> None:
    response = client.get("/search/", {"picture": "gone"})
    assert response.status_code == 404
    assert "This search picture has expired" in response.content.decode()


def test_without_an_encoder_it_says_so_and_keeps_the_words(client: Client) -> None:
    response = client.get("/search/", {"q": "boats"})
    assert response.status_code == 503
    text = response.content.decode()
    assert "The search model is not available right now." in text
    assert 'value="boats"' in text


def test_words_the_model_has_no_answer_to_stay_in_the_box(
    client: Client, builtin: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(texts: list[str]) -> object:
        raise BadEmbedding("The encoder gave a vector that is not finite.")

    monkeypatch.setattr(spaces.encoder_of(builtin), "encode_texts", failing)
    response = client.get("/search/", {"q": "never asked"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "The search model can make nothing of this." in text
    assert 'value="never asked"' in text


def test_an_empty_gallery_is_said_to_be_empty(client: Client, builtin: EmbeddingSpace) -> None:
    text = client.get("/search/", {"q": "x"}).content.decode()
    assert "There are no pictures to search yet" in text


def test_pictures_still_in_the_works_are_counted(client: Client, builtin: EmbeddingSpace) -> None:
    make_image(state=State.STORED)
    text = client.get("/search/", {"q": "x"}).content.decode()
    assert "Nothing is searchable yet" in text
    assert "1 picture is still being prepared" in text


def test_nothing_above_the_minimum_offers_the_nearest(client: Client) -> None:
    space = make_space()
    asked, _ = near(space, 9), near(space, 0.1)
    response = client.get(f"/search/?like={asked.pk}&min_similarity=0.99")
    assert "No picture reaches a similarity of 0.99." in response.content.decode()


def test_the_words_asked_for_cannot_become_markup(client: Client, builtin: EmbeddingSpace) -> None:
    text = client.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in text


def test_every_page_has_the_search_box(client: Client) -> None:
    for address in ("/", "/search/", "/login/", "/nowhere/"):
        assert 'role="search"' in client.get(address).content.decode()


def test_the_count_beside_the_hits_is_of_what_one_may_see(owner: User, client: Client) -> None:
    space = make_space()
    asked, _ = near(space, 9), near(space, 8)
    near(space, 8, owner=owner, visibility=Visibility.PRIVATE)
    text = client.get(f"/search/?like={asked.pk}").content.decode()
    assert "The 1 best of 2 pictures" in text


def test_a_picture_over_the_cap_is_told_the_limit(client: Client, gallery_setting: Any) -> None:
    gallery_setting(max_file_size=1 << 20)
    big = SimpleUploadedFile("big.png", bytes(2 << 20), "image/png")
    page = client.post("/search/", {"picture": big})
    assert page.status_code == 413
    assert "larger than 1 MB" in page.content.decode()
