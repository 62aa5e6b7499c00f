"""Which servers pictures are fetched from: public ones, and what the operator allows or forbids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network

import httpx2

from gallery.media.fetching.public_addresses import Address, is_public, receiver_of

# ``nas.local:8080``, ``*.example.org``, ``192.168.1.0/24``, ``[fd00::]/8:8080``
_ENTRY = re.compile(
    r"(?:\[(?P<ipv6>[^\]]+)\](?P<length>/\d+)?|(?P<host>[^:@\s]+))(?::(?P<port>\d+))?"
)
# The last part of a name is no number: ``1.2.3.300`` is a mistake.
_NAME = re.compile(r"(?:[a-z0-9_-]+\.)*[a-z0-9_-]*[a-z_-][a-z0-9_-]*")
_PORTS = frozenset({80, 443})


@dataclass(frozen=True)
class Entry:
    """A network, a name, or with ``subdomains`` all names below one. Without ``port``, 80 and 443
    are allowed, and all ports denied.
    """

    network: IPv4Network | IPv6Network | None = None
    name: str = ""
    subdomains: bool = False
    port: int | None = None

    def covers(self, host: str, address: Address) -> bool:
        if self.network is not None:
            return address in self.network
        return host.endswith(f".{self.name}") if self.subdomains else host == self.name


@dataclass(frozen=True)
class Policy:
    """``allowed`` servers may have other addresses and ports than public ones; ``denied`` ones are
    never connected to, also where both lists have them.
    """

    allowed: tuple[Entry, ...] = ()
    denied: tuple[Entry, ...] = ()

    def knows_port(self, port: int) -> bool:
        return port in _PORTS or any(entry.port == port for entry in self.allowed)

    def may_connect(self, host: str, address: Address, port: int) -> bool:
        """``host`` is the name in the URL, and ``address`` one that it resolves to."""
        host, address = host.lower().removesuffix("."), receiver_of(address)
        if any(entry.covers(host, address) for entry in self.denied):
            return False
        if port in _PORTS and is_public(address):
            return True
        return any(
            entry.covers(host, address) and (port == entry.port if entry.port else port in _PORTS)
            for entry in self.allowed
        )


@lru_cache(maxsize=8)
def policy_of(allowed: tuple[str, ...], denied: tuple[str, ...]) -> Policy:
    """Raises ``ValueError`` for an entry that is neither a name nor a network."""
    return Policy(
        tuple(entry_of(text) for text in allowed), tuple(entry_of(text) for text in denied)
    )


def entry_of(text: str) -> Entry:
    """Raises ``ValueError``."""
    match = _ENTRY.fullmatch(text)
    if match is None:
        raise _bad(text)
    port = int(match["port"]) if match["port"] else None
    if port is not None and not 0 < port < 65536:
        raise ValueError(f"Expected a port from 1 to 65535, not {text!r}.")
    host = f"{match['ipv6']}{match['length'] or ''}" if match["ipv6"] else match["host"].lower()
    try:
        return Entry(network=ip_network(host, strict=False), port=port)
    except ValueError:
        name = _ascii(host.removeprefix("*.").removesuffix("."))
        if match["ipv6"] or not _NAME.fullmatch(name):
            raise _bad(text) from None
    return Entry(name=name, subdomains=host.startswith("*."), port=port)


def _ascii(name: str) -> str:
    """As the names in URLs are when they are resolved: ``xn--bcher-kva.example``."""
    try:
        return httpx2.URL(f"http://{name}/").raw_host.decode("ascii")
    except (httpx2.InvalidURL, ValueError):
        return ""


def _bad(text: str) -> ValueError:
    return ValueError(f"Expected a host, *.domain or network, perhaps with :port, not {text!r}.")
