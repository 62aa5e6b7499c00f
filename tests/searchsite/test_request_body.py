"""The limits on a body that is being received."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from searchsite.front.request_body import IN_MEMORY, Body, BodyError, Pace, Receive, Space


def sender(*chunks: bytes, pause: float = 0.0) -> Receive:
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.request"})

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause)
        return messages.pop(0)

    return receive


def receive_all(body: Body, receive: Receive) -> None:
    # In a thread, because tests in a browser leave an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(body.receive(receive))).result()


def refusal(body: Body, receive: Receive) -> str:
    with pytest.raises(BodyError) as error:
        receive_all(body, receive)
    return error.value.reason


def test_a_silent_body_is_too_slow() -> None:
    with Body(Space(1000), Pace(idle=0.05)) as body:
        assert refusal(body, sender(b"a", pause=5)) == "too_slow"


def test_a_trickling_body_is_too_slow() -> None:
    pace = Pace(idle=5, grace=0.1, bytes_per_second=1000)
    with Body(Space(1000), pace) as body:
        assert refusal(body, sender(*[b"a"] * 100, pause=0.02)) == "too_slow"


def test_a_cut_body_is_disconnected() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    with Body(Space(1000), Pace()) as body:
        assert refusal(body, receive) == "disconnected"


def test_small_bodies_take_no_space() -> None:
    with Body(Space(0), Pace()) as body:
        receive_all(body, sender(b"a" * IN_MEMORY))
        assert body.file.read() == b"a" * IN_MEMORY


def test_bodies_share_the_space() -> None:
    space, chunk = Space(5 << 20), b"a" * (1 << 20)
    with Body(space, Pace()) as first, Body(space, Pace()) as second:
        receive_all(first, sender(chunk, chunk))
        assert refusal(second, sender(chunk)) == "full"
    with Body(space, Pace()) as third:
        receive_all(third, sender(chunk, chunk))
