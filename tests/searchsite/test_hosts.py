"""Under which names ``bin/run`` answers, and what it logs about others."""

from __future__ import annotations

import io
import logging
import socket

import pytest
from django.conf import LazySettings
from django.test import Client

from searchsite.local.own_hosts import own_hosts


@pytest.mark.parametrize("bind", ["127.0.0.1", "::1", "localhost"])
def test_a_site_on_loopback_has_no_other_names(bind: str) -> None:
    assert own_hosts(bind) == ["localhost", ".localhost", "127.0.0.1", "[::1]"]


def test_a_site_on_the_network_knows_its_names() -> None:
    hosts = own_hosts("0.0.0.0")
    assert {"localhost", "0.0.0.0", socket.gethostname().lower()} <= set(hosts)
    assert "*" not in hosts
    assert "192.0.2.77" in own_hosts("192.0.2.77")
    assert "[2001:db8::7]" in own_hosts("2001:db8::7")


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["evil.example", "a b", "x" * 5000, "\x1b[31m"])
def test_a_foreign_host_gets_400_and_one_line(
    settings: LazySettings,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
) -> None:
    settings.ALLOWED_HOSTS = own_hosts("127.0.0.1")
    handlers = logging.getLogger("django.security.DisallowedHost").handlers
    handler = next(handler for handler in handlers if handler.filters)
    lines = io.StringIO()
    monkeypatch.setattr(handler, "stream", lines)
    response = Client(raise_request_exception=False).get("/", headers={"host": host})
    assert response.status_code == 400
    (line,) = lines.getvalue().splitlines()
    assert "Invalid HTTP_HOST header" in line
    assert len(line) < 400
    assert {record.name for record in caplog.records} <= {"django.security.DisallowedHost"}
