"""Pictures of an allowed server, and the answers of hostile ones."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from gallery.core.errors import (
    FileTooLarge,
    GalleryError,
    UrlAnswer,
    UrlRefused,
    UrlUnreachable,
)
from gallery.media.fetching import fetch
from gallery.media.fetching.policy import policy_of
from tests import picture_server as picture_servers
from tests.picture_server import PictureServer


def fetched(url: str, *, seconds: float = 5) -> bytes:
    with fetch(url, deadline=time.monotonic() + seconds) as picture:
        return b"".join(picture.chunks)


def test_the_bytes_of_the_server_are_returned(picture_server: PictureServer) -> None:
    picture_server.files["/a folder/boat 1.png"] = bytes(range(256)) * 1000
    url = picture_server.url("/a%20folder/boat%201.png?x=1#part")
    with fetch(url, deadline=time.monotonic() + 5) as picture:
        assert b"".join(picture.chunks) == bytes(range(256)) * 1000
        assert picture.file_name == "boat 1.png"
    assert picture_server.requests == ["/a%20folder/boat%201.png?x=1"]
    assert picture_server.headers[0]["host"] == picture_server.address
    assert not {"cookie", "authorization", "referer"} & picture_server.headers[0].keys()


def test_three_redirects_are_followed(picture_server: PictureServer) -> None:
    picture_server.files["/end"] = b"picture"
    picture_server.redirects.update(
        {"/1": "/2", "/2": picture_server.url("/3"), "/3": "end", "/0": "/1"}
    )
    assert fetched(picture_server.url("/1")) == b"picture"
    with pytest.raises(UrlAnswer):
        fetched(picture_server.url("/0"))


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/missing", UrlAnswer),
        ("/compressed", UrlAnswer),
        ("/huge", FileTooLarge),
        ("/endless", FileTooLarge),
        ("/cut-off", UrlUnreachable),
        ("/broken", UrlUnreachable),
        ("/long-headers", UrlUnreachable),
        ("/continues", FileTooLarge),
        ("/password", UrlRefused),
    ],
)
def test_bad_answers_are_refused(
    picture_server: PictureServer, gallery_setting: Any, path: str, error: type[GalleryError]
) -> None:
    gallery_setting(max_file_size=1 << 20)
    picture_server.redirects["/password"] = f"http://user:password@{picture_server.address}/"
    with pytest.raises(error) as caught:
        fetched(picture_server.url(path), seconds=60)  # limits end it, not the deadline
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("path", ["/silent", "/slow-headers", "/slow-body"])
def test_slow_servers_are_left_in_time(picture_server: PictureServer, path: str) -> None:
    started = time.monotonic()
    with pytest.raises(UrlUnreachable):
        fetched(picture_server.url(path), seconds=1)
    assert time.monotonic() - started < 10  # the server sends for minutes


def test_a_silent_encrypted_server_is_left_in_time(gallery_setting: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        gallery_setting(fetch_allow=(address,))
        started = time.monotonic()
        with pytest.raises(UrlUnreachable):
            fetched(f"https://{address}/a.png", seconds=1)
    assert time.monotonic() - started < 10  # nobody ever answers


def test_a_silent_resolver_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [answer.wait(60)])
    started = time.monotonic()
    with pytest.raises(UrlUnreachable):
        fetched("http://example.org/a.png", seconds=1)
    assert time.monotonic() - started < 30
    answer.set()


def test_unknown_certificates_are_refused(tmp_path: Path, gallery_setting: Any) -> None:
    key, certificate = tmp_path / "key", tmp_path / "certificate"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key,
         "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with picture_servers.running(context) as server:
        server.files["/a.png"] = b"picture"
        gallery_setting(fetch_allow=(server.address,))
        with pytest.raises(UrlUnreachable):
            fetched(f"https://{server.address}/a.png")
        assert server.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "0x7f.1"])
def test_denied_servers_are_not_asked(
    picture_server: PictureServer, gallery_setting: Any, host: str
) -> None:
    url = f"http://{host}:{picture_server.port}/a"
    picture_server.files["/a"] = b"picture"
    assert fetched(url) == b"picture"
    gallery_setting(fetch_deny=("127.0.0.0/8",))
    with pytest.raises(UrlUnreachable):
        fetched(url)


@pytest.mark.parametrize(
    ("entry", "host", "address", "port", "allowed"),
    [
        ("nas.local:8080", "nas.local", "192.168.1.5", 8080, True),
        ("nas.local:8080", "NAS.local.", "192.168.1.5", 8080, True),
        ("nas.local:8080", "nas.local", "192.168.1.5", 80, False),
        ("nas.local", "nas.local", "192.168.1.5", 443, True),
        ("*.lan", "nas.lan", "10.0.0.2", 80, True),
        ("*.lan", "lan", "10.0.0.2", 80, False),
        ("*.lan", "evillan", "10.0.0.2", 80, False),
        ("192.168.1.0/24", "anything", "192.168.1.77", 80, True),
        ("192.168.1.0/24", "anything", "192.168.2.77", 80, False),
        ("[fd00::]/8:8080", "anything", "fd12::1", 8080, True),
        ("[fd00::1]", "anything", "fd00::2", 80, False),
        ("nas.local.", "nas.local", "10.0.0.2", 80, True),
        ("bücher.lan", "xn--bcher-kva.lan", "10.0.0.2", 80, True),
        ("10.0.0.0/8", "anything", "::ffff:10.0.0.2", 80, True),
    ],
)
def test_entries_allow_what_they_name(
    entry: str, host: str, address: str, port: int, allowed: bool
) -> None:
    policy = policy_of((entry,), ())
    assert policy.may_connect(host, ip_address(address), port) is allowed


@pytest.mark.parametrize(
    ("entry", "host", "address", "allowed"),
    [
        ("93.184.215.0/24", "example.org", "93.184.215.14", False),
        ("93.184.215.0/24", "example.org", "::ffff:93.184.215.14", False),
        ("93.184.215.0/24", "example.org", "64:ff9b::93.184.215.14", False),
        ("93.184.215.0/24", "example.org", "93.184.216.14", True),
        ("evil.org.", "EVIL.org", "93.184.215.14", False),
        ("*.evil.org", "a.b.evil.org", "93.184.215.14", False),
        ("*.evil.org", "good.org", "93.184.215.14", True),
    ],
)
def test_entries_deny_what_they_name(entry: str, host: str, address: str, allowed: bool) -> None:
    policy = policy_of((), (entry,))
    assert policy.may_connect(host, ip_address(address), 443) is allowed


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:2800:21f::1", True), ("64:ff9b::808:808", True),
        ("::ffff:8.8.8.8", True), ("64:ff9b::7f00:1", False), ("168.63.129.16", False),
        ("2002:808:808::1", False), ("fe80::1%1", False), ("192.0.0.8", False),
    ],
)  # fmt: skip
def test_public_addresses_are_known(address: str, public: bool) -> None:
    assert policy_of((), ()).may_connect("a.org", ip_address(address), 443) is public


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "a b",
        "192.168.1.0/40",
        "host:0",
        "host:70000",
        "[nas]",
        "*",
        "*.",
        ".evil.org",
        "*evil.org",
        "*.*.x.org",
        "010.0.0.1",
        "1.2.3.300",
        "user@host",
        "http://host",
    ],
)
def test_bad_entries_are_named_at_the_start(gallery_setting: Any, entry: str) -> None:
    gallery_setting(fetch_deny=(entry,))
    with pytest.raises(SystemCheckError, match="GALLERY_FETCH_DENY"):
        call_command("check")
