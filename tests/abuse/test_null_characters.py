"""Requests with NUL, or with dates that do not exist, get a 400 that says what is wrong."""

import uuid

import pytest
from django.test import Client

from tests.api.responses import problem

pytestmark = pytest.mark.django_db

IMAGES = "/admin/gallery/image/"
TOKENS = "/admin/knox/authtoken/"
NULL_ADDRESSES = [
    f"{IMAGES}?state__exact=%00",
    f"{IMAGES}?visibility__exact=%00",
    f"{IMAGES}?error_code=%00",
    f"{IMAGES}?format=%00",
    f"{TOKENS}%00/change/",
    f"{TOKENS}%00/delete/",
    f"{TOKENS}%00/history/",
    "/admin/autocomplete/?term=%00&app_label=gallery&model_name=image&field_name=owner",
    "/admin/auth/user/?%00=1",
    "/search/pictures/%00.webp",
    "/search/?q=%00",
]
YEARS = ["0", "1", "-1", "9999", "10000", "9" * 20, "x", "", "²", "9999&created_at__month=12"]


@pytest.mark.parametrize("address", NULL_ADDRESSES)
def test_null_in_an_address_is_refused(curator_client: Client, address: str) -> None:
    response = curator_client.get(address)
    assert response.status_code == 400
    assert "null character" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "headers"),
    [("signature=x%00", {}), ("signature=x&x=%00", {}), ("x=%00", {"Authorization": "Token x"})],
)
@pytest.mark.parametrize("path", ["files/{}/small.webp", "files/{}/original", "pictures/{}/"])
def test_null_in_the_address_of_a_program_is_a_problem(
    client: Client, path: str, query: str, headers: dict[str, str]
) -> None:
    response = client.get(f"/{path.format(uuid.uuid4())}?{query}", headers=headers)
    assert problem(response, 400, "null_character")["status"] == 400


def test_null_in_the_address_of_a_browser_is_a_page(client: Client) -> None:
    response = client.get(f"/files/{uuid.uuid4()}/original?x=%00")
    assert (response.status_code, response["Content-Type"][:9]) == (400, "text/html")


@pytest.mark.parametrize("path", ["", "v1/%00/", "v1/images/", "v1/search/", "schema/", "docs/"])
def test_null_never_fails_the_api(client: Client, path: str) -> None:
    for query in ("", "?q=%00", "?owner=%00", "?cursor=%00", "?lang=%00", "?%00=1"):
        assert client.get(f"/api/{path}{query}").status_code < 500


def test_null_in_a_cookie_is_ignored(client: Client) -> None:
    response = client.get("/", headers={"cookie": 'sessionid="\\000aaaaaaaaaa"'})
    assert response.status_code == 200


@pytest.mark.parametrize("address", [f"{IMAGES}?created_at__year=", f"{TOKENS}?created__year="])
@pytest.mark.parametrize("year", YEARS)
def test_impossible_years_name_the_parameter(
    curator_client: Client, address: str, year: str
) -> None:
    response = curator_client.get(address + year)
    assert response.status_code == 400
    assert "__year” is unknown or has a wrong value" in response.content.decode()


@pytest.mark.parametrize("month", ["", "&created_at__month=12"])
@pytest.mark.parametrize("year", ["2", "2026", "9998"])
def test_possible_years_are_listed(curator_client: Client, year: str, month: str) -> None:
    assert curator_client.get(f"{IMAGES}?created_at__year={year}{month}").status_code == 200


@pytest.mark.parametrize(
    ("address", "row"),
    [(TOKENS, "\0"), (IMAGES, "\0"), (IMAGES, "7"), ("/admin/auth/user/", "x")],
)
def test_impossible_rows_of_actions_are_refused(
    curator_client: Client, address: str, row: str
) -> None:
    form = {"action": "delete_selected", "_selected_action": row}
    assert curator_client.post(address, form).status_code == 400


def test_the_error_is_json_on_request(client: Client) -> None:
    response = client.get("/search/?q=%00", headers={"Accept": "application/json"})
    assert (response.status_code, response.json()["code"]) == (400, "null_character")
