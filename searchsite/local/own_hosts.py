"""Host names under which people reach a site on this machine."""

from __future__ import annotations

import ipaddress
import socket

import psutil

_LOOPBACK = ["localhost", ".localhost", "127.0.0.1", "[::1]"]


def own_hosts(bind: str) -> list[str]:
    """For Django's ``ALLOWED_HOSTS``, if the web server listens on the address ``bind``.

    A site that listens on a loopback address has no others: a foreign name that resolves to it
    (DNS rebinding) would let another site's page read this one.
    """
    if _is_loopback(bind):
        return _LOOPBACK
    name = socket.gethostname().lower()
    interfaces = psutil.net_if_addrs().values()
    addresses = {
        each.address.partition("%")[0]
        for interface in interfaces
        for each in interface
        if each.family in (socket.AF_INET, socket.AF_INET6)
    }
    hosts = {f"[{address}]" if ":" in address else address for address in {*addresses, bind}}
    return [*_LOOPBACK, name, f"{name}.local", *sorted(hosts - {"", *_LOOPBACK})]


def _is_loopback(bind: str) -> bool:
    try:
        return ipaddress.ip_address(bind).is_loopback
    except ValueError:
        return bind == "localhost"
