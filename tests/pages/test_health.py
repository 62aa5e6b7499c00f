import pytest
from django.test import Client

from gallery.operations import heartbeat

pytestmark = pytest.mark.django_db


def test_it_is_200_while_everything_is_up(client: Client) -> None:
    for queue in heartbeat.QUEUES:
        heartbeat.beat(queue)
    response = client.get("/healthz/")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_it_is_503_with_reasons_without_workers(client: Client) -> None:
    response = client.get("/healthz/")
    assert response.status_code == 503
    answer = response.json()
    assert answer["status"] == "unavailable"
    assert set(answer["reasons"]) == {"worker derive", "worker embed"}


def test_it_sets_no_cookie_and_is_not_cached(client: Client) -> None:
    response = client.get("/healthz/")
    assert not response.cookies
    assert "no-store" in response.headers["Cache-Control"]
