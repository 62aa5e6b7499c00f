import uuid
from collections.abc import Callable
from unittest.mock import patch

import psycopg
import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import path

from gallery.core.errors import GalleryError, StorageFull
from gallery.pages.errors.answers import GalleryErrorMiddleware
from gallery.urls import urlpatterns as gallery_urls


def caused_by(error: type[Exception], cause: type[Exception]) -> Callable[[str], Exception]:
    def error_with_cause(text: str) -> Exception:
        wrapped = error(text)
        wrapped.__cause__ = cause()
        return wrapped

    return error_with_cause


timeout = caused_by(OperationalError, psycopg.errors.QueryCanceled)
read_only = caused_by(InternalError, psycopg.errors.ReadOnlySqlTransaction)


def failing(error: Callable[[str], Exception]) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise error("secret details")

    return view


urlpatterns = [
    *gallery_urls,
    path("fails/400/", failing(SuspiciousOperation)),
    path("fails/403/", failing(PermissionDenied)),
    path("fails/500/", failing(ZeroDivisionError)),
    path("fails/507/", failing(StorageFull)),
    path("fails/database/", failing(OperationalError)),
    path("fails/timeout/", failing(timeout)),
    path("fails/read-only/", failing(read_only)),
]
handler500 = "searchsite.server_errors.server_error"
pytestmark = [pytest.mark.urls(__name__)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status", "message"),
    [
        ("/fails/400/", 400, "Bad request"),
        ("/fails/403/", 403, "Access denied"),
        ("/nowhere/", 404, "Page not found"),
        ("/fails/500/", 500, "Something went wrong"),
        ("/fails/507/", 507, "The storage is full."),
        ("/fails/database/", 503, "The site cannot reach its database right now."),
        ("/fails/read-only/", 503, "The site cannot reach its database right now."),
        ("/fails/timeout/", 504, "This took too long."),
    ],
)
def test_errors_have_pages_in_the_site_design(
    client: Client, address: str, status: int, message: str
) -> None:
    response = client.get(address)
    assert response.status_code == status
    text = response.content.decode()
    assert message in text
    assert "gallery/css/base.css" in text
    assert "secret details" not in text


@pytest.mark.django_db
def test_errors_are_json_on_request(client: Client) -> None:
    response = client.get("/fails/507/", headers={"Accept": "application/json"})
    text = "The storage is full. Tell the administrator, who has to free or to add space."
    answer = response.json()
    assert (answer["code"], answer["message"]) == ("storage_full", text)
    assert answer["texts"]["en"] == text
    assert answer["texts"]["zh-hans"] != text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("/fails/400/", "Go back and try again, or start from the gallery."),
        ("/fails/403/", 'href="/login/?next=/fails/403/"'),
        ("/nowhere/?a=1", 'href="/login/?next=/nowhere/%3Fa%3D1"'),
        ("/fails/500/", "If it happens again, tell the administrator what you did."),
        ("/fails/507/", "Tell the administrator, who has to free or to add space."),
        ("/fails/507/", '<a class="button primary" href="/fails/507/">Try again</a>'),
        ("/fails/database/", "Please try again in a few seconds."),
        ("/search/?like=nonsense", "Remove it from the address."),
        ("/?order=nonsense", "the parameter “order” is unknown or has a wrong value."),
        ("/?after=nonsense", "Remove it from the address."),
    ],
)
def test_errors_say_what_to_do(client: Client, address: str, advice: str) -> None:
    main = client.get(address).content.decode().partition("<main")[2]
    assert advice in main


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/logout/", "/theme/", f"/pictures/{uuid.UUID(int=1)}/retry/"])
def test_an_address_of_a_button_has_a_page(client: Client, address: str) -> None:
    response = client.get(address)
    assert (response.status_code, "POST" in response.headers["Allow"]) == (405, True)
    main = response.content.decode().partition("<main")[2]
    assert "This address is not a page." in main
    assert "Back to the gallery" in main
    answer = client.get(address, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_the_500_page_needs_no_database() -> None:
    # Without django_db any query would fail this test.
    assert "Something went wrong" in render_to_string("500.html")


# These tests have no django_db: any query would fail them.


def test_the_page_without_database_is_complete(client: Client) -> None:
    client.cookies["theme"] = "dark"
    response = client.get("/fails/database/?page=2", headers={"Accept-Language": "zh-hans"})
    text = response.content.decode()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert 'lang="zh-hans" data-theme="dark"' in text
    assert "现在无法连接数据库" in text
    assert 'href="/fails/database/?page=2"' in text


def test_a_form_without_database_is_to_be_resent(client: Client) -> None:
    advice = "Go back to the form, which still has your text, and send it again."
    assert advice in client.post("/fails/database/").content.decode()
    assert advice not in client.get("/fails/database/").content.decode()


def test_json_without_database_says_when_to_retry(client: Client) -> None:
    response = client.get("/fails/database/", headers={"Accept": "application/json"})
    assert response.json()["code"] == "database_unavailable"
    assert response.headers["Retry-After"] == "2"


def test_a_session_without_database_gives_503(client: Client) -> None:
    """The exception is raised by a middleware, outside of any view."""
    client.raise_request_exception = False
    with patch(
        "django.contrib.sessions.middleware.SessionMiddleware.process_request",
        side_effect=OperationalError,
    ):
        page, problem = client.get("/"), client.get("/api/v1/images/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
    assert (problem.status_code, problem.headers["Retry-After"]) == (503, "2")
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["code"] == "database_unavailable"


@pytest.mark.parametrize(("target", "swap"), [("outcomes", "none"), ("main", None)])
def test_parts_of_a_page_stay_without_database(
    client: Client, target: str, swap: str | None
) -> None:
    """A part that is loaded again every two seconds stays; a search shows the page."""
    headers = {"HX-Request": "true", "HX-Target": target}
    response = client.get("/fails/database/", headers=headers)
    assert response.headers.get("HX-Reswap") == swap
    assert 'id="main"' in response.content.decode()


def test_errors_of_the_api_are_not_handled() -> None:
    middleware = GalleryErrorMiddleware(lambda request: HttpResponse())
    request = RequestFactory().get("/api/v1/images/")
    assert middleware.process_exception(request, GalleryError("x")) is None


def test_other_exceptions_are_not_handled() -> None:
    middleware = GalleryErrorMiddleware(lambda request: HttpResponse())
    assert middleware.process_exception(RequestFactory().get("/"), ValueError()) is None
