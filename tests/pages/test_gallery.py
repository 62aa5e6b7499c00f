from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from gallery.models import Image, State
from tests.builders import make_image

pytestmark = pytest.mark.django_db


def shown(client: Client, address: str = "/") -> list[str]:
    return [image.title for image in client.get(address).context["page"].images]


def test_a_text_in_the_address_is_searched(client: Client) -> None:
    response = client.get("/?q=owner:ann is:landscape")
    assert response.status_code == 302
    assert response.headers["Location"] == "/search/?q=owner%3Aann+is%3Alandscape"
    assert client.get("/?q=").status_code == 200


def make_row(count: int, owner: User | None = None) -> None:
    """Pictures with the titles 0, 1, …; a higher number is older."""
    now = timezone.now()
    for number in range(count):
        image = make_image(owner, title=str(number))
        Image.objects.filter(pk=image.pk).update(created_at=now - timedelta(seconds=number))


def test_the_newest_picture_comes_first(client: Client) -> None:
    make_row(3)
    assert shown(client) == ["0", "1", "2"]


def test_the_moment_taken_comes_before_the_upload(client: Client) -> None:
    make_row(3)
    Image.objects.filter(title="0").update(taken_at="1911-03-01T12:00:00Z")
    Image.objects.filter(title="2").update(taken_at=timezone.now() + timedelta(hours=1))
    assert shown(client) == ["2", "1", "0"]
    assert shown(client, "/?order=oldest") == ["0", "1", "2"]
    assert shown(client, "/?order=uploaded") == ["0", "1", "2"]


def test_an_unknown_order_is_refused(client: Client) -> None:
    assert client.get("/?order=loudest").status_code == 400


@pytest.mark.parametrize("order", ["newest", "oldest", "uploaded"])
def test_each_order_pages_through_all(client: Client, gallery_setting: Any, order: str) -> None:
    gallery_setting(page_size=2)
    make_row(7)
    for title, moment in (("3", "0001-01-01T12:00:00Z"), ("4", "9999-12-30T12:00:00Z")):
        Image.objects.filter(title=title).update(taken_at=moment)
    titles, address = [], f"/?order={order}"
    while address:
        page = client.get(address).context["page"]
        titles += [image.title for image in page.images]
        address = f"/?order={order}&after={page.next}" if page.next else ""
    assert sorted(titles) == [str(number) for number in range(7)]
    assert titles[0] == {"newest": "4", "oldest": "3", "uploaded": "0"}[order]


def test_the_orders_say_which_date_counts(client: Client) -> None:
    make_row(1)
    page = client.get("/").content.decode()
    assert all(f">{label}</a>" in page for label in ("Date taken: newest", "Last uploaded"))


def test_load_more_keeps_the_order(client: Client, gallery_setting: Any) -> None:
    gallery_setting(page_size=1)
    make_row(2)
    response = client.get("/?order=oldest")
    address = f"?order=oldest&amp;after={response.context['page'].next}"
    assert f'href="{address}"' in response.content.decode()


def test_only_visible_pictures_are_listed(
    images: dict[str, Image], client: Client, owner_client: Client, stranger_client: Client
) -> None:
    assert set(shown(client)) == {"for public"}
    assert set(shown(stranger_client)) == {"for public", "for members"}
    assert set(shown(owner_client)) == {"for public", "for members", "for private"}


def test_a_private_picture_is_hidden_from_others(
    images: dict[str, Image], stranger_client: Client
) -> None:
    assert str(images["private"].pk) not in stranger_client.get("/").content.decode()


def test_pages_have_no_gaps_or_duplicates(client: Client, gallery_setting: Any) -> None:
    gallery_setting(page_size=2)
    make_row(5)
    titles, address = [], "/"
    while address:
        page = client.get(address).context["page"]
        titles += [image.title for image in page.images]
        address = f"/?after={page.next}" if page.next else ""
    assert titles == ["0", "1", "2", "3", "4"]


def test_new_pictures_do_not_shift_pages(client: Client, gallery_setting: Any) -> None:
    gallery_setting(page_size=2)
    make_row(4)
    following = f"/?after={client.get('/').context['page'].next}"
    make_image(title="new")
    assert shown(client, following) == ["2", "3"]


def test_equal_upload_times_lose_no_pictures(client: Client, gallery_setting: Any) -> None:
    gallery_setting(page_size=2)
    make_row(4)
    Image.objects.update(created_at=timezone.now())
    first = client.get("/").context["page"]
    assert len({*shown(client), *shown(client, f"/?after={first.next}")}) == 4


def test_load_more_is_a_plain_link(client: Client, gallery_setting: Any) -> None:
    gallery_setting(page_size=1)
    make_row(2)
    response = client.get("/")
    assert f'href="?after={response.context["page"].next}"' in response.content.decode()


def test_the_last_page_offers_no_more(client: Client) -> None:
    make_row(2)
    assert "data-load-more" not in client.get("/").content.decode()


@pytest.mark.parametrize(
    "cursor",
    ["x", "-", "1-2", *(f"{order}-{'9' * 18}-{'0' * 32}" for order in ("newest", "oldest"))],
)
def test_an_invalid_cursor_is_a_400(client: Client, cursor: str) -> None:
    assert client.get("/", {"after": cursor}).status_code == 400


def test_a_waiting_picture_shows_its_state(client: Client) -> None:
    make_image(state=State.STORED, width=None, height=None)
    assert "Waiting for processing" in client.get("/").content.decode()


def test_only_the_owner_sees_failed_pictures(
    owner: User, owner_client: Client, client: Client
) -> None:
    make_image(owner, state=State.FAILED, title="broken")
    assert shown(owner_client) == ["broken"]
    assert shown(client) == []


def test_an_empty_gallery_links_to_the_upload(owner_client: Client) -> None:
    assert 'class="button primary" href="/upload/"' in owner_client.get("/").content.decode()


def test_the_number_of_queries_is_constant(client: Client, django_assert_num_queries: Any) -> None:
    make_row(8)
    with django_assert_num_queries(2):  # the pictures; the model in the footer
        client.get("/")


def test_a_closed_site_redirects_to_login(client: Client, gallery_setting: Any) -> None:
    gallery_setting(anonymous_access=False)
    assert client.get("/").headers["Location"] == "/login/?next=/"


def tiles(client: Client, *images: Image) -> str:
    return client.get("/tiles/", {"ids": ",".join(str(i.pk) for i in images)}).content.decode()


def test_tiles_of_visible_pictures_are_sent(
    images: dict[str, Image], client: Client, owner_client: Client
) -> None:
    everyones, private = images["public"], images["private"]
    assert "for public" in tiles(client, everyones, private)
    assert "for private" not in tiles(client, everyones, private)
    assert "for private" in tiles(owner_client, everyones, private)


def test_tiles_of_failures_are_for_their_owner(
    owner: User, client: Client, owner_client: Client
) -> None:
    failed = make_image(owner, state=State.FAILED, title="broken")
    assert "broken" in tiles(owner_client, failed)
    assert str(failed.pk) not in tiles(client, failed)


def test_tiles_of_a_wrong_id_are_refused(client: Client) -> None:
    assert client.get("/tiles/?ids=x").status_code == 400
    assert client.get("/tiles/").status_code == 400


def test_tiles_of_a_closed_site_need_a_login(client: Client, gallery_setting: Any) -> None:
    gallery_setting(anonymous_access=False)
    assert client.get("/tiles/?ids=x").status_code == 302
