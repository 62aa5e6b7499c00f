import html
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.core.errors import BadEmbedding
from gallery.embeddings import spaces
from gallery.models import EmbeddingSpace, Image, State, Visibility
from tests.builders import make_embedding, make_image, make_space, unit, unit_vector
from tests.pages.conftest import MakeFile

pytestmark = pytest.mark.django_db


def results(client: Client, **query: Any) -> list[Image]:
    response = client.get("/search/", query)
    assert response.status_code == 200
    return [hit.image for hit in response.context["result"].hits]


def near(space: EmbeddingSpace, weight: float, **fields: Any) -> Image:
    image = make_image(**fields)
    make_embedding(image, space, unit(unit_vector(0) * weight + unit_vector(1)))
    return image


def test_an_empty_search_shows_instructions(client: Client) -> None:
    assert "Search by text or picture" in client.get("/search/").content.decode()


def test_the_similarity_is_shown_on_demand(client: Client, builtin: EmbeddingSpace) -> None:
    image = near(builtin, 1)
    assert "similarity </span>" not in client.get("/search/?q=a boat").content.decode()
    response = client.get("/search/", {"q": "a boat", "similarity": "1"})
    [hit] = response.context["result"].hits
    assert hit.image == image
    shown = f"{hit.similarity:.2f}".replace("-0.00", "0.00")
    assert f"similarity </span>{shown}" in response.content.decode()
    assert "<title>a boat – Search" in response.content.decode()


def test_a_gallery_picture_finds_similar_ones(client: Client) -> None:
    space = make_space()
    reference, far, close = near(space, 9), near(space, 1), near(space, 8)
    assert results(client, like=reference.pk) == [close, far]


def test_strangers_find_no_private_pictures(
    owner: User, client: Client, stranger_client: Client, owner_client: Client
) -> None:
    space = make_space()
    reference, hidden = near(space, 5), near(space, 5, owner=owner, visibility=Visibility.PRIVATE)
    assert results(client, like=reference.pk) == results(stranger_client, like=reference.pk) == []
    assert results(owner_client, like=reference.pk) == [hidden]


def test_others_cannot_search_with_a_private_picture(owner: User, stranger_client: Client) -> None:
    hidden = near(make_space(), 5, owner=owner, visibility=Visibility.PRIVATE)
    assert stranger_client.get(f"/search/?like={hidden.pk}").status_code == 404


def test_limit_and_minimum_similarity_are_applied(client: Client) -> None:
    space = make_space()
    reference, close, _ = near(space, 9), near(space, 8), near(space, 0.1)
    assert results(client, like=reference.pk, limit=1) == [close]
    assert results(client, like=reference.pk, min_similarity="0.9") == [close]


NONSENSE: list[dict[str, Any]] = [
    {"q": "x" * 513},
    {"q": "x", "limit": "0x"},
    {"q": "x", "limit": 9999},
    {"q": "x", "limit": 0},
    {"q": "x", "min_similarity": "2"},
    {"q": "x", "min_similarity": "nan"},
    {"like": "nobody"},
    {"q": "x", "more": "nobody"},
    {"q": "x", "like": [str(uuid.UUID(int=number)) for number in range(21)]},
    {"q": "x", "mode": "guess"},
    {"q": "x", "order": "size"},
    {"q": "x", "fold": "2"},
    {"q": "x", "unknown": "1"},
    {"q": "x", "cursor": "x" * 1001},
]


@pytest.mark.parametrize("query", NONSENSE)
def test_an_invalid_parameter_is_a_400(client: Client, query: dict[str, Any]) -> None:
    make_space()
    assert client.get("/search/", query).status_code == 400


def test_a_wrong_parameter_is_named(client: Client) -> None:
    text = client.get("/search/?q=x&mode=guess").content.decode()
    assert "the parameter “mode” is unknown or has a wrong value" in text


def test_a_dropped_picture_redirects_to_its_search(
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


def test_a_file_that_is_no_picture_is_rejected(client: Client, builtin: EmbeddingSpace) -> None:
    form = {"q": "boats", "picture": SimpleUploadedFile("a.txt", b"hello")}
    response = client.post("/search/", form)
    assert response.status_code == 415
    text = response.content.decode()
    assert "not supported" in text
    assert 'name="q" value="boats"' in text


def test_a_full_decoder_says_when_to_try_again(
    client: Client, builtin: EmbeddingSpace, gallery_setting: Any, make_file: MakeFile
) -> None:
    gallery_setting(query_places=0)
    response = client.post("/search/", {"picture": make_file()})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert "The server is busy" in response.content.decode()


def test_an_expired_picture_is_a_404(client: Client, builtin: EmbeddingSpace) -> None:
    response = client.get("/search/", {"picture": "gone"})
    assert response.status_code == 404
    assert "This search picture has expired" in response.content.decode()


def test_without_an_encoder_the_query_is_kept(client: Client) -> None:
    response = client.get("/search/", {"q": "boats"})
    assert response.status_code == 503
    text = response.content.decode()
    assert "The search model is not available right now." in text
    assert 'value="boats"' in text


def test_after_an_encoder_failure_the_query_is_kept(
    client: Client, builtin: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(texts: list[str]) -> object:
        raise BadEmbedding("The encoder gave a vector that is not finite.")

    monkeypatch.setattr(spaces.encoder_of(builtin), "encode_texts", failing)
    response = client.get("/search/", {"q": "never cached"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "The search model cannot process this." in text
    assert 'value="never cached"' in text


def test_an_empty_gallery_shows_a_notice(client: Client, builtin: EmbeddingSpace) -> None:
    text = client.get("/search/", {"q": "x"}).content.decode()
    assert "No pictures to search yet" in text


def test_pictures_being_processed_are_counted(client: Client, builtin: EmbeddingSpace) -> None:
    make_image(state=State.STORED)
    text = client.get("/search/", {"q": "x"}).content.decode()
    assert "No searchable pictures yet" in text
    assert "1 picture is still being processed" in text


def test_no_picture_above_the_minimum_shows_it(client: Client) -> None:
    space = make_space()
    reference, _ = near(space, 9), near(space, 0.1)
    response = client.get(f"/search/?like={reference.pk}&min_similarity=0.99")
    assert "No picture has a similarity of at least 0.99." in response.content.decode()


def test_a_damaged_search_picture_keeps_the_search(client: Client) -> None:
    damaged = SimpleUploadedFile("boat.jpg", b"\xff\xd8\xff\xe0 damaged", "image/jpeg")
    page = client.post("/search/", {"picture": damaged, "q": "boat"}).content.decode()
    assert "save it as a new JPEG or PNG file and use that file instead" in page
    assert page.count('name="next" value="/search/?q=boat"') == 2  # theme and language


def test_the_query_is_escaped(client: Client, builtin: EmbeddingSpace) -> None:
    text = client.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in text


def test_every_page_has_the_search_box(client: Client) -> None:
    for address in ("/", "/search/", "/login/", "/nowhere/"):
        assert 'role="search"' in client.get(address).content.decode()


def test_a_picture_over_the_limit_is_rejected(client: Client, gallery_setting: Any) -> None:
    gallery_setting(max_file_size=1 << 20)
    big = SimpleUploadedFile("big.png", bytes(2 << 20), "image/png")
    page = client.post("/search/", {"picture": big})
    assert page.status_code == 413
    assert "larger than 1 MB" in page.content.decode()


def summary(client: Client, **query: Any) -> str:
    page = client.get("/search/", query).content.decode()
    [text] = re.findall(r'<p id="summary">(.*?)</p>', page, re.DOTALL)
    words = html.unescape(re.sub(r"<[^>]+>", "", text)).split()
    return re.sub(r"[\d.,]+ ms", "… ms", " ".join(words))


def test_only_visible_pictures_are_counted(owner: User, client: Client) -> None:
    space = make_space()
    reference, _ = near(space, 9), near(space, 8)
    near(space, 8, owner=owner, visibility=Visibility.PRIVATE)
    assert summary(client, like=reference.pk).startswith("1 picture ·")


def test_the_summary_says_what_was_found(client: Client, builtin: EmbeddingSpace) -> None:
    assert summary(client, q="is:portrait") == "No results · … ms"
    reference, _ = near(builtin, 9, width=200, height=300), near(builtin, 0.01)
    assert summary(client, q="is:portrait") == "1 picture · … ms"
    shown = summary(client, like=reference.pk)
    assert shown == "No close matches among 1 picture · … ms · built-in model"
    near(builtin, 8)
    shown = summary(client, like=reference.pk)
    assert shown == "1 close match among 2 pictures · … ms · built-in model"
    first: dict[str, Any] = {"like": reference.pk, "limit": 1}
    later = {**first, "cursor": client.get("/search/", first).context["result"].next}
    assert summary(client, **later).startswith("Further results among 2 pictures")


def test_filters_alone_have_no_best_match(client: Client, builtin: EmbeddingSpace) -> None:
    near(builtin, 1, width=200, height=300)
    options = client.get("/search/", {"q": "is:portrait"}).content.decode()
    assert "Best match" not in options
    assert "Minimum similarity" not in options
    assert "Best match" in client.get("/search/", {"q": "boat"}).content.decode()


def test_an_expired_cursor_leads_back(client: Client) -> None:
    space = make_space()
    reference, _ = near(space, 9), near(space, 8)
    page = client.get(f"/search/?like={reference.pk}&cursor=forged")
    assert page.status_code == 400
    assert f'href="?like={reference.pk}"' in page.content.decode()


def test_filters_alone_list_pictures(client: Client) -> None:
    make_space()
    upright = make_image(width=200, height=300)
    make_image(width=300, height=200)
    assert results(client, q="is:portrait") == [upright]


def test_text_and_pictures_are_searched_together(client: Client, builtin: EmbeddingSpace) -> None:
    reference, disliked, hit = near(builtin, 9), near(builtin, 3), near(builtin, 8)
    shown = results(client, q="boat", like=reference.pk, less=disliked.pk)
    assert shown == [hit]


@pytest.fixture
def one_search_a_minute(settings: Any) -> Iterator[None]:
    rates = {"anonymous_search": "1/m", "anonymous_filters": "1/m"}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}
    with time_machine.travel("2026-05-04T12:00:10Z", tick=False):
        yield


def test_pages_and_api_share_the_search_limit(
    client: Client, builtin: EmbeddingSpace, one_search_a_minute: None
) -> None:
    assert client.get("/search/?q=boat").status_code == 200
    page = client.get("/search/?q=boat")
    assert (page.status_code, page["Retry-After"]) == (429, "50")
    assert "Too many requests" in page.content.decode()
    assert client.get("/api/v1/search/?q=boat").status_code == 429


@pytest.mark.usefixtures("one_search_a_minute")
def test_a_search_over_the_limit_can_be_repeated(client: Client, builtin: EmbeddingSpace) -> None:
    address = "/search/?q=boat&order=newest"
    client.get(address)
    main = html.unescape(client.get(address).content.decode()).partition("<main")[2]
    assert "<h1>Too many requests. Try again in 50 seconds.</h1>" in main
    assert "429 · throttled" in main
    assert f'<a class="button primary" href="{address}" data-search>Try again</a>' in main


@pytest.mark.usefixtures("one_search_a_minute")
def test_searches_by_picture_are_limited(
    client: Client, owner_client: Client, builtin: EmbeddingSpace, make_file: MakeFile
) -> None:
    def send(client: Client) -> int:
        return client.post("/search/", {"picture": make_file()}).status_code

    assert [send(client), send(client)] == [303, 429]
    assert [send(owner_client), send(owner_client)] == [303, 303]


@pytest.mark.usefixtures("one_search_a_minute")
def test_the_empty_search_page_is_not_limited(client: Client, builtin: EmbeddingSpace) -> None:
    assert [client.get("/search/").status_code for _ in range(3)] == [200] * 3
    assert [client.get("/search/filters/?q=a").status_code for _ in range(2)] == [200, 429]
