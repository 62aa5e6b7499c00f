from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import path

from gallery.core.errors import GalleryError, StorageFull
from gallery.pages.errors import GalleryErrorMiddleware
from gallery.urls import urlpatterns as gallery_urls


def failing(error: type[Exception]) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise error("secret details")

    return view


urlpatterns = [
    *gallery_urls,
    path("fails/400/", failing(SuspiciousOperation)),
    path("fails/403/", failing(PermissionDenied)),
    path("fails/500/", failing(ZeroDivisionError)),
    path("fails/507/", failing(StorageFull)),
]
pytestmark = [pytest.mark.urls(__name__)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/fails/400/", 400, "This request could not be read"),
        ("/fails/403/", 403, "This is not allowed"),
        ("/nowhere/", 404, "There is nothing here"),
        ("/fails/500/", 500, "Something went wrong"),
        ("/fails/507/", 507, "The picture store is full."),
    ],
)
def test_errors_are_pages_of_the_site(
    client: Client, address: str, status: int, words: str
) -> None:
    response = client.get(address)
    assert response.status_code == status
    text = response.content.decode()
    assert words in text
    assert "gallery/css/base.css" in text
    assert "secret details" not in text


@pytest.mark.django_db
def test_who_prefers_json_gets_json(client: Client) -> None:
    response = client.get("/fails/507/", headers={"Accept": "application/json"})
    assert response.json() == {"code": "storage_full", "message": "The picture store is full."}


def test_the_500_page_needs_no_database() -> None:
    # Without django_db any query would fail this test.
    assert "Something went wrong" in render_to_string("500.html")


def test_the_api_is_left_to_its_own_handler() -> None:
    middleware = GalleryErrorMiddleware(lambda request: HttpResponse())
    request = RequestFactory().get("/api/v1/images/")
    assert middleware.process_exception(request, GalleryError("x")) is None


def test_other_exceptions_are_not_swallowed() -> None:
    middleware = GalleryErrorMiddleware(lambda request: HttpResponse())
    assert middleware.process_exception(RequestFactory().get("/"), ValueError()) is None
