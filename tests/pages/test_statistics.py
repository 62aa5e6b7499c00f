from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Image
from gallery.operations import gallery_statistics
from gallery.search.facets import Facets
from tests.builders import (
    make_embedding,
    make_image,
    make_index,
    make_measurement,
    make_space,
    make_user,
    unit_vector,
)

PAGE = "/statistics/"


def page_of(client: Client) -> str:
    """The page's HTML with single spaces."""
    return " ".join(client.get(PAGE).content.decode().split())


def total(page: str) -> int:
    return int(re.findall(r"<dt>Pictures</dt><dd>(\d+)</dd>", page)[0])


def test_each_person_counts_what_they_may_see(
    client: Client, owner_client: Client, stranger_client: Client, curator_client: Client,
    images: dict[str, Image],
) -> None:  # fmt: skip
    clients = (client, stranger_client, owner_client, curator_client)
    assert [total(page_of(each)) for each in clients] == [1, 2, 3, 3]


def test_readers_find_it_in_the_menu(
    client: Client, owner_client: Client, gallery_setting: Callable[..., None], db: None
) -> None:
    for visitor in (client, owner_client):
        assert f'href="{PAGE}"' in visitor.get("/").content.decode()
    gallery_setting(anonymous_access=False)
    assert f'href="{PAGE}"' not in client.get("/login/").content.decode()


def test_pictures_are_counted_by_property(client: Client, owner: User) -> None:
    make_image(owner, format="jpeg", camera="X100V", taken_at="2024-06-01T12:00Z")
    make_image(owner, format="jpeg")
    make_image(owner, state="failed")
    page = page_of(client)
    for chart in ("Status", "Year taken", "Format", "Orientation", "Camera"):
        assert f"<caption>{chart}</caption>" in page
    assert re.search(r">JPEG</a>.*?<td>2</td>", page)
    assert re.search(r"Failed.*?<td>1</td>", page)
    assert "/search/?q=format%3Ajpeg" in page


def test_failed_pictures_are_not_searchable(client: Client, owner: User) -> None:
    space = make_space()
    for number in range(2):
        make_embedding(make_image(owner), space, unit_vector(number))
    make_image(owner, state="failed")
    assert "<dd>2 <small>(66.6 %)</small></dd>" in page_of(client)


def test_bars_have_a_plain_width(client: Client, owner: User) -> None:
    for number in range(3):
        make_image(owner, height=200 if number else 900)
    page = client.get(PAGE, headers={"accept-language": "zh-hans"}).content.decode()
    assert {"100.0%", "50.0%"} <= set(re.findall(r'<rect width="([^"]*)"', page))


def test_strangers_see_no_figures_of_the_index(owner: User, stranger_client: Client) -> None:
    make_index(make_space())
    assert "Vector index" not in page_of(stranger_client)


def test_staff_see_the_index(owner: User) -> None:
    space = make_space()
    make_embedding(make_image(owner), space, unit_vector(1))
    make_index(space, lists=1264)
    make_measurement(space, chosen=True)
    client = Client()
    client.force_login(make_user("staff", is_staff=True))
    page = page_of(client)
    assert "<dd>1264</dd>" in page
    assert "0.985 (0.971 – 0.994), 4.4 ms" in page
    assert "Measurements and actions" not in page  # that page needs a permission


def test_curators_reach_the_page_of_the_index(curator_client: Client) -> None:
    space = make_space()
    assert f"/admin/gallery/indexbuild/space/{space.pk}/" in page_of(curator_client)


def test_an_empty_gallery_has_statistics(client: Client, db: None) -> None:
    assert total(page_of(client)) == 0


def test_a_capped_count_says_so(
    client: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    capped = Facets((), counted=10_000, capped=True)
    monkeypatch.setattr(gallery_statistics, "facets_of", lambda images, user: capped)
    assert "Except for the status, 10000 of them were counted." in page_of(client)


def test_a_closed_site_requires_a_login(client: Client, db: None, gallery_setting: Any) -> None:
    gallery_setting(anonymous_access=False)
    assert client.get(PAGE).status_code == 302
