"""The limits on a body that is being received."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from searchsite.front.body_space import BodyError, BodySpace
from searchsite.front.request_body import IN_MEMORY, Body, Pace, Receive

MB = 1 << 20


def sender(*chunks: bytes, pause: float = 0.0) -> Receive:
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.request"})

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause)
        return messages.pop(0)

    return receive


def body_of(client: str, space: BodySpace, pace: Pace | None = None) -> Body:
    return Body(space, pace or Pace(), client)


def receive_all(body: Body, receive: Receive, length: int = 0) -> None:
    # In a thread, because tests in a browser leave an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(body.receive(receive, length))).result()


def refusal(body: Body, receive: Receive, length: int = 0) -> str:
    with pytest.raises(BodyError) as error:
        receive_all(body, receive, length)
    return error.value.reason


def test_a_silent_body_is_too_slow() -> None:
    with body_of("a", BodySpace(1000), Pace(idle=0.05)) as body:
        assert refusal(body, sender(b"a", pause=5)) == "too_slow"


def test_a_trickling_body_is_too_slow() -> None:
    pace = Pace(idle=5, grace=0.1, bytes_per_second=1000)
    with body_of("a", BodySpace(1000), pace) as body:
        assert refusal(body, sender(*[b"a"] * 100, pause=0.02)) == "too_slow"


def test_a_cut_body_is_disconnected() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    with body_of("a", BodySpace(1000)) as body:
        assert refusal(body, receive) == "disconnected"


def test_small_bodies_take_no_space() -> None:
    with body_of("a", BodySpace(0)) as body:
        receive_all(body, sender(b"a" * IN_MEMORY))
        assert body.file.read() == b"a" * IN_MEMORY


def test_bodies_share_the_space() -> None:
    space, chunk = BodySpace(5 * MB), b"a" * MB
    with body_of("a", space) as first, body_of("b", space) as second:
        receive_all(first, sender(chunk, chunk), 2 * MB)
        assert refusal(second, sender(), MB) == "full"
    with body_of("b", space) as third:
        receive_all(third, sender(chunk, chunk), 2 * MB)


def test_a_client_has_a_share_of_the_space() -> None:
    space, chunk = BodySpace(6 * MB), b"a" * MB
    with body_of("a", space) as first, body_of("a", space) as second:
        receive_all(first, sender(), MB)  # announced, and not sent
        receive_all(second, sender(chunk), MB)
        with body_of("a", space) as third:
            assert refusal(third, sender(), MB) == "too_many_bodies"
        with body_of("b", space) as other:
            receive_all(other, sender(chunk, chunk), 2 * MB)


def test_a_single_body_may_exceed_the_share() -> None:
    space, chunk = BodySpace(6 * MB), b"a" * MB
    with body_of("a", space) as body:
        receive_all(body, sender(chunk, chunk, chunk), 3 * MB)
