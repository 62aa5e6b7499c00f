from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Image
from tests.builders import make_image

pytestmark = pytest.mark.django_db


def adjacent(client: Client, image: Image, order: str) -> dict[str, str]:
    """The addresses of the previous and the next picture."""
    text = client.get(f"{image.get_absolute_url()}?order={order}").content.decode()
    return dict(re.findall(r'<a rel="(prev|next)" href="([^"]+)"', text))


@pytest.mark.parametrize(
    ("order", "before", "after"), [("newest", 2, 0), ("oldest", 0, 2), ("uploaded", 2, 0)]
)
def test_a_picture_of_a_list_has_adjacent_ones(
    client: Client, order: str, before: int, after: int
) -> None:
    images = [make_image(created_at=f"2026-05-0{day}T12:00:00Z") for day in (1, 2, 3)]
    address = images[1].get_absolute_url()
    assert f'href="{address}?order={order}"' in client.get(f"/?order={order}").content.decode()
    assert adjacent(client, images[1], order) == {
        "prev": f"{images[before].get_absolute_url()}?order={order}",
        "next": f"{images[after].get_absolute_url()}?order={order}",
    }
    assert set(adjacent(client, images[after], order)) == {"prev"}
    assert set(adjacent(client, images[before], order)) == {"next"}


def test_hidden_pictures_are_passed_over(client: Client, owner: User) -> None:
    image = make_image(owner, created_at="2026-05-04T12:00:00Z")
    make_image(owner, visibility="private", created_at="2026-05-03T12:00:00Z")
    make_image(owner, state="failed", error_code="corrupt", created_at="2026-05-02T12:00:00Z")
    last = make_image(created_at="2026-05-01T12:00:00Z")
    address = f"{last.get_absolute_url()}?order=newest"
    assert adjacent(client, image, "newest") == {"next": address}
    assert 'rel="next"' not in client.get(image.get_absolute_url()).content.decode()


def test_an_unknown_list_is_refused(client: Client) -> None:
    assert client.get(f"{make_image().get_absolute_url()}?order=x").status_code == 400
