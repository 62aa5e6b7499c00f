"""After several failures, nobody waits for the provider."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.models import User

from gallery.core.errors import GalleryError, LlmUnavailable
from gallery.llm import breaker
from gallery.llm.base import Chat, Message
from gallery.llm.metered import MeteredChat
from tests.llm.provider import Provider

_MESSAGES = [Message("user", "What is it?")]


def answer(model: Chat, user: User) -> str:
    chat = MeteredChat(model, user)
    return "".join(chat.stream("", _MESSAGES, deadline=time.monotonic() + 30))


def fail(model: Chat, user: User, provider: Provider, *faults: str) -> None:
    for fault in faults:
        provider.faults = [fault] * 3  # the official clients retry twice
        with pytest.raises(GalleryError):
            answer(model, user)
    provider.requests.clear()


def test_paused_model_is_not_asked(model: Chat, provider: Provider, owner: User) -> None:
    fail(model, owner, provider, "500", "500", "500")
    started = time.monotonic()
    with pytest.raises(LlmUnavailable):
        answer(model, owner)
    assert time.monotonic() - started < 1
    assert provider.requests == []


def test_probe_after_the_pause_decides(
    model: Chat, provider: Provider, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "PAUSE_SECONDS", 0.2)
    fail(model, owner, provider, "500", "500", "500")
    time.sleep(0.3)
    fail(model, owner, provider, "500")
    with pytest.raises(LlmUnavailable):
        answer(model, owner)
    assert provider.requests == []
    time.sleep(0.3)
    chat = MeteredChat(model, owner)
    probe = chat.stream("", _MESSAGES, deadline=time.monotonic() + 30)
    next(probe)
    with pytest.raises(LlmUnavailable):
        answer(model, owner)
    probe.close()  # the reader has left, which says nothing
    assert answer(model, owner)
    assert answer(model, owner)


@pytest.mark.parametrize("fault", ["400", "broken json"])
def test_faulty_answers_do_not_pause(
    model: Chat, provider: Provider, owner: User, fault: str
) -> None:
    fail(model, owner, provider, fault, fault, fault)
    provider.faults = []
    assert answer(model, owner)


def test_an_answer_forgets_the_failures(model: Chat, provider: Provider, owner: User) -> None:
    fail(model, owner, provider, "500", "500")
    assert answer(model, owner)
    fail(model, owner, provider, "500", "500")
    assert answer(model, owner)
