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
    ("address", "status", "message"),
    [
        ("/fails/400/", 400, "Bad request"),
        ("/fails/403/", 403, "Access denied"),
        ("/nowhere/", 404, "Page not found"),
        ("/fails/500/", 500, "Something went wrong"),
        ("/fails/507/", 507, "The storage is full."),
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
    assert response.json() == {"code": "storage_full", "message": "The storage is full."}


def test_the_500_page_needs_no_database() -> None:
    # Without django_db any query would fail this test.
    assert "Something went wrong" in render_to_string("500.html")


def test_errors_of_the_api_are_not_handled() -> None:
    middleware = GalleryErrorMiddleware(lambda request: HttpResponse())
    request = RequestFactory().get("/api/v1/images/")
    assert middleware.process_exception(request, GalleryError("x")) is None


def test_other_exceptions_are_not_handled() -> None:
    middleware = GalleryErrorMiddleware(lambda request: HttpResponse())
    assert middleware.process_exception(RequestFactory().get("/"), ValueError()) is None
