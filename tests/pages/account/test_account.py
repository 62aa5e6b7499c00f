import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db

ELSEWHERE = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
CREDENTIALS = {"username": "owner", "password": "secret-of-tests"}


def test_login_redirects_to_the_requested_page(owner: User, client: Client) -> None:
    response = client.post("/login/", {**CREDENTIALS, "next": "/upload/"})
    assert response.headers["Location"] == "/upload/"


@pytest.mark.parametrize("address", ELSEWHERE)
def test_login_never_redirects_to_other_sites(owner: User, client: Client, address: str) -> None:
    assert client.post("/login/", {**CREDENTIALS, "next": address}).headers["Location"] == "/"


@pytest.mark.parametrize("address", ELSEWHERE)
def test_settings_never_redirect_to_other_sites(client: Client, address: str) -> None:
    theme = client.post("/theme/", {"theme": "dark", "next": address})
    language = client.post("/language/", {"language": "en", "next": address})
    assert theme.headers["Location"] == language.headers["Location"] == "/"


def test_a_wrong_password_shows_an_error(owner: User, client: Client) -> None:
    response = client.post("/login/", {**CREDENTIALS, "password": "wrong"})
    assert "Please enter a correct username and password" in response.content.decode()


def test_logout_requires_post(owner_client: Client) -> None:
    assert owner_client.get("/logout/").status_code == 405
    owner_client.post("/logout/")
    assert "Log in" in owner_client.get("/").content.decode()


def test_the_theme_is_in_the_first_bytes(client: Client) -> None:
    client.post("/theme/", {"theme": "dark", "next": "/"})
    head = client.get("/").content.decode()[:600]
    assert 'data-theme="dark"' in head
    assert 'name="color-scheme" content="dark"' in head


def test_an_unknown_theme_is_ignored(client: Client) -> None:
    client.post("/theme/", {"theme": '"><script>'})
    client.cookies["theme"] = '"><script>'
    assert 'data-theme="auto"' in client.get("/").content.decode()


def test_the_chosen_language_is_kept(client: Client) -> None:
    client.post("/language/", {"language": "zh-hans", "next": "/"})
    assert 'lang="zh-hans"' in client.get("/").content.decode()
