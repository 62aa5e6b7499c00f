import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import EmbeddingSpace, Image, State, Visibility
from tests.builders import make_embedding, make_image, make_space, unit_vector

pytestmark = pytest.mark.django_db


@pytest.fixture
def space() -> EmbeddingSpace:
    return make_space()


def page(client: Client, image: Image) -> str:
    response = client.get(image.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_strangers_get_404_for_a_private_picture(
    images: dict[str, Image], client: Client, stranger_client: Client, owner_client: Client
) -> None:
    address = images["private"].get_absolute_url()
    assert client.get(address).status_code == 404
    assert stranger_client.get(address).status_code == 404
    assert owner_client.get(address).status_code == 200


def test_it_shows_the_details_of_the_picture(client: Client, owner: User) -> None:
    image = make_image(owner, caption="Boats at dawn", camera="Nikon F3", exif={"f_number": 2.8})
    text = page(client, image)
    for fact in ("Boats at dawn", "300 × 200", "PNG", "Nikon F3", "f/2.8"):
        assert fact in text


def test_only_the_owner_sees_the_digest(client: Client, owner_client: Client, owner: User) -> None:
    image = make_image(owner)
    assert image.sha256[:12] in page(owner_client, image)
    assert image.sha256[:12] not in page(client, image)


def test_a_damaged_picture_has_a_warning(client: Client, owner: User) -> None:
    assert "This file is damaged" in page(client, make_image(owner, damaged=True))
    assert "This file is damaged" not in page(client, make_image(owner, sha256="b" * 64))


def test_only_the_owner_sees_the_edit_button(
    client: Client, stranger_client: Client, owner_client: Client, owner: User
) -> None:
    image = make_image(owner)
    assert "edit/" in page(owner_client, image)
    assert "edit/" not in page(stranger_client, image)
    assert "edit/" not in page(client, image)


def test_similar_pictures_show_their_similarity(client: Client, space: EmbeddingSpace) -> None:
    image, twin = make_image(), make_image(title="twin")
    make_embedding(image, space, unit_vector(1))
    make_embedding(twin, space, unit_vector(1))
    response = client.get(image.get_absolute_url())
    assert [hit.image for hit in response.context["similar"]] == [twin]
    assert "similarity </span>1.00" in response.content.decode()


def test_private_pictures_are_not_among_the_similar(
    client: Client, owner: User, space: EmbeddingSpace
) -> None:
    image, hidden = make_image(), make_image(owner, visibility=Visibility.PRIVATE)
    make_embedding(image, space, unit_vector(1))
    make_embedding(hidden, space, unit_vector(1))
    assert str(hidden.pk) not in page(client, image)


def test_a_failed_picture_shows_its_error(owner: User, owner_client: Client) -> None:
    image = make_image(owner, state=State.FAILED, error_code="corrupt", error_message="x")
    assert "The picture is damaged and cannot be read." in page(owner_client, image)


def test_a_waiting_picture_refreshes_without_scripts(client: Client) -> None:
    waiting = make_image(state=State.STORED, width=None, height=None)
    assert 'http-equiv="refresh"' in page(client, waiting)
    assert 'http-equiv="refresh"' not in page(client, make_image())


def test_the_caption_is_escaped(client: Client) -> None:
    image = make_image(caption="<script>alert(1)</script>", title='"><b>')
    text = page(client, image)
    assert "<script>alert" not in text
    assert '"><b>' not in text


def test_an_unknown_picture_is_a_404(client: Client) -> None:
    assert client.get(f"/pictures/{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize(
    ("person", "sees"),
    [
        ("client", False),
        ("stranger_client", False),
        ("owner_client", True),
        ("curator_client", True),
    ],
)
def test_only_the_owner_and_superusers_see_the_place(
    request: pytest.FixtureRequest, owner: User, person: str, sees: bool
) -> None:
    image = make_image(owner, latitude=-33.8568, longitude=151.2153, external_id="sku-1")
    text = page(request.getfixturevalue(person), image)
    assert ("-33.8568, 151.2153" in text) == ("sku-1" in text) == ("33.85" in text) == sees


def test_metadata_is_shown_and_escaped(client: Client) -> None:
    image = make_image(metadata={"category": "<b>shoes", "price": 19.9, "sizes": [38, "鞋"]})
    text = page(client, image)
    for value in ("category", "&lt;b&gt;shoes", "19.9", "[38, &quot;鞋&quot;]"):
        assert value in text
