"""Pictures of an allowed server, and the answers of hostile ones."""

from __future__ import annotations

import time
from ipaddress import ip_address
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from gallery.core.errors import FileTooLarge, GalleryError, UrlAnswer, UrlUnreachable
from gallery.media.fetching import fetch
from gallery.media.fetching.policy import policy_of
from tests.picture_server import PictureServer


def fetched(url: str) -> bytes:
    with fetch(url) as picture:
        return b"".join(picture.chunks)


def test_the_bytes_of_the_server_are_returned(picture_server: PictureServer) -> None:
    picture_server.files["/a folder/boat 1.png"] = bytes(range(256)) * 1000
    with fetch(picture_server.url("/a%20folder/boat%201.png?x=1#part")) as picture:
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
        ("/endless", UrlUnreachable),
        ("/cut-off", UrlUnreachable),
        ("/broken", UrlUnreachable),
        ("/long-headers", UrlUnreachable),
        ("/continues", UrlUnreachable),
    ],
)
def test_bad_answers_are_refused(
    picture_server: PictureServer, gallery_setting: Any, path: str, error: type[GalleryError]
) -> None:
    gallery_setting(max_file_size=1 << 20)
    with pytest.raises(error) as caught:
        fetched(picture_server.url(path))
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("path", ["/silent", "/slow-headers", "/slow-body"])
def test_slow_servers_are_left_in_time(
    picture_server: PictureServer, gallery_setting: Any, path: str
) -> None:
    gallery_setting(fetch_seconds=1)
    started = time.monotonic()
    with pytest.raises(UrlUnreachable):
        fetched(picture_server.url(path))
    assert time.monotonic() - started < 10  # the server sends for minutes


def test_denied_servers_are_not_asked(picture_server: PictureServer, gallery_setting: Any) -> None:
    picture_server.files["/a"] = b"picture"
    assert fetched(picture_server.url("/a")) == b"picture"
    gallery_setting(fetch_deny=("127.0.0.0/8",))
    with pytest.raises(UrlUnreachable):
        fetched(picture_server.url("/a"))


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
    ],
)
def test_entries_allow_what_they_name(
    entry: str, host: str, address: str, port: int, allowed: bool
) -> None:
    policy = policy_of((entry,), ())
    assert policy.may_connect(host, ip_address(address), port) is allowed
    assert not policy_of((), (entry,)).may_connect(host, ip_address(address), port)


@pytest.mark.parametrize("entry", ["", "a b", "192.168.1.0/40", "host:0", "host:70000", "[nas]"])
def test_bad_entries_are_named_at_the_start(gallery_setting: Any, entry: str) -> None:
    gallery_setting(fetch_deny=(entry,))
    with pytest.raises(SystemCheckError, match="GALLERY_FETCH_DENY"):
        call_command("check")
