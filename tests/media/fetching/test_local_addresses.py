"""No URL makes the site connect to its own network."""

from __future__ import annotations

import socket
import time
from ipaddress import ip_address
from typing import Any

import pytest

from gallery.core.errors import UrlAnswer, UrlRefused, UrlUnreachable
from gallery.media.fetching import fetch
from tests.media.fetching.bad_urls import urls
from tests.picture_server import PictureServer
from tests.recorded_connections import Connections

PUBLIC, PUBLIC_TOO = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


def outcome(url: str) -> str:
    try:
        with fetch(url, deadline=time.monotonic() + 5) as picture:
            b"".join(picture.chunks)
    except (UrlRefused, UrlUnreachable, UrlAnswer) as error:
        return error.code
    return "fetched"


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Answers of the resolver, one after the other; returns the names that it was asked for. It
    answers an address with that address, as every resolver does.
    """
    names: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *options: Any) -> list[Any]:
        try:
            ip_address(host)
        except ValueError:
            addresses = answers[min(len(names), len(answers) - 1)]
            names.append(host)
            return [entry for text in addresses for entry in real(text, port, *options)]
        return real(host, port, *options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return names


def test_there_are_enough_urls() -> None:
    assert len(set(urls())) >= 400


def test_local_addresses_are_not_connected_to(connections: Connections) -> None:
    assert {url: outcome(url) for url in urls() if outcome(url) == "fetched"} == {}
    assert connections.refused == []


def test_redirects_to_local_addresses_are_not_followed(
    picture_server: PictureServer, connections: Connections
) -> None:
    # A path without a host is a redirect within the server.
    targets = [url for url in urls() if url.isascii() and url.isprintable() and "//" in url]
    for number, target in enumerate(targets):
        picture_server.redirects[f"/{number}"] = target
    outcomes = [outcome(picture_server.url(f"/{number}")) for number in range(len(targets))]
    assert "fetched" not in outcomes
    assert connections.refused == []


@pytest.mark.parametrize("host", ["rebinding.example.org", "127.0.0.1.nip.example.org"])
def test_names_of_local_addresses_are_refused(
    monkeypatch: pytest.MonkeyPatch, connections: Connections, host: str
) -> None:
    for address in ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "fe80::1%1"]:
        resolving(monkeypatch, [address])
        assert outcome(f"http://{host}/") == "url_unreachable"
    assert connections.refused == []


@pytest.mark.parametrize("local", ["127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::c0a8:101"])
def test_one_local_address_among_public_ones_suffices(
    monkeypatch: pytest.MonkeyPatch, connections: Connections, local: str
) -> None:
    resolving(monkeypatch, [PUBLIC, local])
    assert outcome("http://mixed.example.org/") == "url_unreachable"
    assert connections.refused == []


def test_a_name_is_resolved_once(monkeypatch: pytest.MonkeyPatch, connections: Connections) -> None:
    names = resolving(monkeypatch, [PUBLIC], ["127.0.0.1"])
    assert outcome("http://rebinding.example.org/a.png") == "url_unreachable"
    assert names == ["rebinding.example.org"]
    assert connections.refused == [(PUBLIC, 80)]


def test_public_addresses_are_connected_to(
    monkeypatch: pytest.MonkeyPatch, connections: Connections
) -> None:
    resolving(monkeypatch, [PUBLIC_TOO, PUBLIC])
    outcome("https://example.org/a.png")
    assert [ip_address(host) for host, _ in connections.refused] == [
        ip_address(PUBLIC_TOO), ip_address(PUBLIC)
    ]  # fmt: skip
    assert {port for _, port in connections.refused} == {443}


def test_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, picture_server: PictureServer, connections: Connections
) -> None:
    for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{picture_server.port}")
    resolving(monkeypatch, [PUBLIC])
    assert outcome("http://example.org/") == "url_unreachable"
    assert picture_server.requests == []
    assert connections.refused == [(PUBLIC, 80)]
