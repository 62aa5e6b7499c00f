"""Processes are killed at once (SIGKILL), or stopped for some seconds."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

from tests.faults.target import ROLES, Target, frozen, send, soon
from tests.local.services import eventually, is_running

_KILL = signal.SIGKILL
_LONGEST_DECODER_WAIT = 3.0


def kill(role: str) -> Callable[[Target, float], None]:
    def strike(target: Target, seconds: float) -> None:
        send(target.running_pids(role), _KILL)

    return strike


def kill_inner(role: str) -> Callable[[Target, float], None]:
    """One of the children that a web server or a worker started."""

    def strike(target: Target, seconds: float) -> None:
        if inner := target.inner_pids(role):
            send([target.random.choice(inner)], _KILL)

    return strike


def kill_decoder(target: Target, seconds: float) -> None:
    soon(lambda: bool(target.decoders()), _LONGEST_DECODER_WAIT)
    send(target.decoders(), _KILL)


def kill_decoder_servers(target: Target, seconds: float) -> None:
    soon(lambda: bool(target.decoder_servers()), _LONGEST_DECODER_WAIT)
    send(target.decoder_servers(), _KILL)


def kill_all_programs(target: Target, seconds: float) -> None:
    send([pid for role in ROLES for pid in target.pids(role)], _KILL)


def kill_everything(target: Target, seconds: float) -> None:
    """As after a loss of power, except that what was not synced to the disk is kept. Then the site
    is started again.
    """
    children = target.site.children("")
    target.site.process.kill()
    target.site.process.wait()
    send(children, _KILL)
    assert eventually(lambda: not any(is_running(pid) for pid in children), 20)
    target.site.start()


def freeze(role: str) -> Callable[[Target, float], None]:
    def strike(target: Target, seconds: float) -> None:
        with frozen([*target.running_pids(role), *target.inner_pids(role)]):
            time.sleep(seconds)

    return strike


def freeze_inner(role: str) -> Callable[[Target, float], None]:
    """One process of several: the others go on."""

    def strike(target: Target, seconds: float) -> None:
        inner = target.inner_pids(role)
        with frozen([target.random.choice(inner)] if inner else []):
            time.sleep(seconds)

    return strike


def freeze_decoder(target: Target, seconds: float) -> None:
    soon(lambda: bool(target.decoders()), _LONGEST_DECODER_WAIT)
    with frozen(target.decoders()):
        time.sleep(seconds)


def freeze_decoder_servers(target: Target, seconds: float) -> None:
    soon(lambda: bool(target.decoder_servers()), _LONGEST_DECODER_WAIT)
    with frozen(target.decoder_servers()):
        time.sleep(seconds)
