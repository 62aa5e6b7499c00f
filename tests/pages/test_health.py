import pytest
from django.test import Client

from tests.builders import all_processes_report

pytestmark = pytest.mark.django_db

ADDRESSES = ["/livez/", "/readyz/", "/healthz/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_200_while_everything_is_up(client: Client, address: str) -> None:
    all_processes_report()
    response = client.get(address)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_healthz_is_503_with_reasons_without_workers(client: Client) -> None:
    response = client.get("/healthz/")
    assert response.status_code == 503
    answer = response.json()
    assert answer["status"] == "unavailable"
    assert set(answer["reasons"]) == {"worker derive", "worker embed", "beat"}


@pytest.mark.parametrize("address", ["/livez/", "/readyz/"])
def test_a_load_balancer_keeps_it_without_workers(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_unknown_parameter_is_refused(client: Client, address: str) -> None:
    response = client.get(address, {"verbose": "1"})
    assert (response.status_code, response.json()["parameter"]) == (400, "verbose")


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_sets_no_cookie_and_is_not_cached(client: Client, address: str) -> None:
    response = client.get(address)
    assert not response.cookies
    assert "no-store" in response.headers["Cache-Control"]
