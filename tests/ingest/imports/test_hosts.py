"""When a server may be asked, with a clock of the test."""

from __future__ import annotations

from gallery.ingest.imports.hosts import Hosts

HOST = "pictures.example"


def starts_of(hosts: Hosts, requests: int) -> list[float]:
    """The moments of the requests if each ends at once and the next begins as soon as it may."""
    starts: list[float] = []
    now = 1000.0
    while len(starts) < requests:
        if hosts.may_start(HOST, now):
            hosts.start(HOST, now)
            hosts.end(HOST)
            starts.append(now - 1000.0)
        else:
            now += 0.01
    return starts


def test_requests_come_at_a_limited_rate() -> None:
    starts = starts_of(Hosts(connections=4, rate=10.0), 24)
    assert starts[3] < 0.1
    assert starts[7] > 0.38
    assert 1.98 < starts[23] < 2.2


def test_connections_are_limited() -> None:
    hosts = Hosts(connections=4, rate=1000.0)
    for _ in range(4):
        hosts.start(HOST, 1000.0)
    assert not hosts.may_start(HOST, 1010.0)
    hosts.forget_idle(1010.0)
    assert not hosts.may_start(HOST, 1010.0)
    hosts.end(HOST)
    assert hosts.may_start(HOST, 1010.0)


def test_a_pause_is_kept_until_its_end() -> None:
    hosts = Hosts(connections=4, rate=10.0)
    hosts.pause(HOST, 1000.0, 60)
    hosts.pause(HOST, 1000.0, 5)
    hosts.forget_idle(1059.0)
    assert not hosts.may_start(HOST, 1059.0)
    assert hosts.may_start("other.example", 1059.0)
    hosts.forget_idle(1060.0)
    assert hosts.may_start(HOST, 1060.0)
