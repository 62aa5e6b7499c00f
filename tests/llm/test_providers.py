"""Both official clients against a server that speaks their protocols, and its faults."""

from __future__ import annotations

import base64
import logging
import time
from typing import Any

import pytest
from pydantic import BaseModel

from gallery.core.errors import (
    GalleryError,
    LlmBadAnswer,
    LlmKeyRefused,
    LlmOverloaded,
    LlmRequestRefused,
    LlmTimeout,
    LlmUnavailable,
)
from gallery.llm.base import Chat, Message, Usage
from gallery.llm.configured import chat
from tests.llm.conftest import KEY
from tests.llm.provider import TOKENS_IN, TOKENS_OUT, Provider

QUESTION = [Message("user", "How many cats?", (b"\xff\xd8 a jpeg",))]


class Count(BaseModel):
    animals: str
    number: int


def soon(seconds: float = 5) -> float:
    return time.monotonic() + seconds


def streamed(model: Chat, *, seconds: float = 5, usage: Usage | None = None) -> str:
    usage = usage or Usage()
    return "".join(model.stream("Answer.", QUESTION, deadline=soon(seconds), usage=usage))


def parsed(model: Chat, *, seconds: float = 5) -> Count:
    return model.parse("Count.", QUESTION, Count, deadline=soon(seconds), usage=Usage())


def test_streams_answer_and_counts_tokens(model: Chat) -> None:
    usage = Usage()
    assert streamed(model, usage=usage) == "Two cats [1]."
    assert usage == Usage(TOKENS_IN, TOKENS_OUT)


def test_parses_answer_into_the_requested_form(model: Chat, provider: Provider) -> None:
    provider.pieces = ['{"animals": "cats", "number": 2}']
    assert parsed(model) == Count(animals="cats", number=2)
    assert "animals" in provider.received_text()  # the schema


def test_sends_pictures_question_and_instructions(model: Chat, provider: Provider) -> None:
    streamed(model)
    sent = provider.received_text()
    for part in ("Answer.", "How many cats?", base64.b64encode(b"\xff\xd8 a jpeg").decode()):
        assert part in sent
    assert "tools" not in provider.requests[0]


def test_follow_up_sends_the_earlier_answer(model: Chat, provider: Provider) -> None:
    turns = [*QUESTION, Message("assistant", "Two."), Message("user", "Where?")]
    "".join(model.stream("Answer.", turns, deadline=soon(), usage=Usage()))
    roles = [m["role"] for m in provider.requests[0]["messages"] if m["role"] != "system"]
    assert roles == ["user", "assistant", "user"]


@pytest.mark.parametrize(
    ("fault", "error", "attempts"),
    [
        ("401", LlmKeyRefused, 1),
        ("403", LlmKeyRefused, 1),
        ("404", LlmRequestRefused, 1),
        ("429", LlmOverloaded, 3),
        ("529", LlmOverloaded, 3),
        ("500", LlmUnavailable, 3),
        ("redirect", LlmUnavailable, 1),
        ("content type", LlmBadAnswer, 3),
        ("broken json", LlmBadAnswer, 1),
        ("other json", LlmBadAnswer, 1),
        ("deep json", LlmBadAnswer, 1),
        ("invalid utf-8", LlmBadAnswer, 3),
    ],
)
@pytest.mark.parametrize("call", [streamed, parsed])
def test_fault_has_an_error_and_bounded_attempts(
    model: Chat, provider: Provider, call: Any, fault: str, error: type[GalleryError],
    attempts: int, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    provider.faults = [fault] * 9
    with pytest.raises(error) as raised:
        call(model, seconds=20)
    assert type(raised.value) is error
    assert 1 <= len(provider.requests) <= attempts
    assert KEY not in raised.value.message


def test_one_fault_is_retried(model: Chat, provider: Provider) -> None:
    provider.faults = ["529"]
    assert streamed(model, seconds=20) == "Two cats [1]."


def test_long_pause_of_provider_is_not_waited_for(model: Chat, provider: Provider) -> None:
    provider.faults, provider.retry_after = ["429"] * 9, "100"
    with pytest.raises(LlmOverloaded):
        streamed(model, seconds=20)
    assert len(provider.requests) == 1


def test_a_long_pause_in_milliseconds_is_not_waited_for(model: Chat, provider: Provider) -> None:
    provider.faults, provider.retry_after_ms = ["429"] * 9, "30000"
    began = time.monotonic()
    with pytest.raises(LlmOverloaded):
        streamed(model, seconds=20)
    assert time.monotonic() - began < 10
    assert len(provider.requests) == 1


@pytest.mark.parametrize("finish", ["length", "content_filter"])
@pytest.mark.parametrize("model", ["openai"], indirect=True)
def test_a_cut_answer_is_a_bad_one(model: Chat, provider: Provider, finish: str) -> None:
    provider.finish = finish
    with pytest.raises(LlmBadAnswer):
        parsed(model)


@pytest.mark.parametrize("model", ["openai"], indirect=True)
def test_repeated_reports_are_counted_once(model: Chat, provider: Provider) -> None:
    provider.reports_often = True
    usage = Usage()
    streamed(model, usage=usage)
    assert (usage.tokens_in, usage.tokens_out) == (TOKENS_IN, TOKENS_OUT)


def test_half_an_answer_is_an_error(model: Chat, provider: Provider) -> None:
    provider.faults = ["half a stream"]
    usage = Usage()
    with pytest.raises(LlmUnavailable):
        streamed(model, usage=usage)
    assert len(provider.requests) == 1


def test_silent_provider_ends_at_the_deadline(model: Chat, provider: Provider) -> None:
    provider.faults = ["timeout"] * 9
    began = time.monotonic()
    with pytest.raises(LlmTimeout):
        streamed(model, seconds=0.3)
    # With two repetitions it would be 1.4 s at least.
    assert time.monotonic() - began < 1.2
    assert len(provider.requests) == 1


def test_slow_answer_ends_at_the_deadline(model: Chat, provider: Provider) -> None:
    provider.pause = 0.2
    with pytest.raises(LlmTimeout):
        streamed(model, seconds=0.5)


def test_answer_that_stops_ends_at_the_deadline(model: Chat, provider: Provider) -> None:
    provider.pause, provider.silence = 0.6, 9.0
    began = time.monotonic()
    with pytest.raises(LlmTimeout):
        streamed(model, seconds=3)
    # The last read must not last as long again.
    assert time.monotonic() - began < 1.3 * 3


def test_compressed_answers_are_not_accepted(model: Chat, provider: Provider) -> None:
    provider.faults = ["compressed"] * 9
    with pytest.raises(LlmBadAnswer):
        parsed(model)
    assert {each["accept-encoding"] for each in provider.headers} == {"identity"}


def test_endless_answer_is_cut(model: Chat, provider: Provider) -> None:
    provider.pieces = ["x" * 1_000_000] * 10
    with pytest.raises(LlmBadAnswer):
        streamed(model)


def test_server_that_is_down_is_unavailable(gallery_setting: Any) -> None:
    gallery_setting(llm_provider="openai", llm_model="m", llm_url="http://127.0.0.1:1", llm_key="")
    model = chat()
    assert model is not None
    with pytest.raises(LlmUnavailable):
        streamed(model)


def test_logs_and_names_show_no_key(
    model: Chat, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.faults = ["401"]
    with caplog.at_level(logging.DEBUG), pytest.raises(LlmKeyRefused):
        streamed(model)
    assert KEY in str(provider.headers)
    assert KEY not in caplog.text + repr(model)


def test_a_site_without_model_has_no_chat(gallery_setting: Any) -> None:
    gallery_setting(llm_provider="off")
    assert chat() is None
