"""The web server's address: from the environment, whether it is free, whether it is healthy."""

import errno
import http.client
import os
import socket
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from time import monotonic, sleep

from searchsite import probe
from searchsite.local.errors import LocalError

_PORT_TIMEOUT = 1.5


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    @property
    def reachable_at(self) -> str:
        """The host to connect to: for a wildcard address, the loopback address."""
        return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104

    @property
    def url(self) -> str:
        host = self.reachable_at
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"


def address_from(environment: Mapping[str, str]) -> Address:
    """Reads ``SEARCHSITE_BIND`` and ``PORT``. Raises LocalError if the port is not valid."""
    port = environment.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise LocalError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return Address(environment.get("SEARCHSITE_BIND") or "127.0.0.1", int(port))


def require_free(address: Address) -> None:
    """Raises LocalError if the port stays in use, or the address is not of this machine.

    Waits up to 1.5 seconds, because the web process of a killed run may need that long to end.
    """
    deadline = monotonic() + _PORT_TIMEOUT
    while (error := _bind_error(address)) is not None:
        reason = error.strerror or str(error)
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise LocalError(
                f"SEARCHSITE_BIND names {address.host}, which is no address of this machine: "
                f"{reason}."
            )
        if monotonic() > deadline:
            raise LocalError(
                f"Cannot listen on {address.host} port {address.port}: {reason}. "
                "Choose another port with PORT=… bin/run."
            )
        sleep(0.2)


def unhealthy_reason(address: Address) -> str | None:
    """What /healthz/ reports as unhealthy; None if the site is healthy."""
    host_header = probe.accepted_host(os.environ)
    try:
        reasons = probe.unhealthy_reasons(address.reachable_at, address.port, host_header)
    except (OSError, http.client.HTTPException):
        return "the web server does not answer yet"
    return "; ".join(f"{component}: {reason}" for component, reason in reasons.items()) or None


def _bind_error(address: Address) -> OSError | None:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((address.host, address.port))
        except OSError as error:
            return error
    return None
