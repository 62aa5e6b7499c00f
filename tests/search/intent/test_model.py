"""A language model reads the sentence, within what the rules could do, or the rules do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache, caches

from benchmarks.intent.cases import NOW
from gallery.llm.metered import MeteredChat, chat_of
from gallery.search.intent import Intent, Kind, NamesVisibleTo, understand
from tests.builders import make_image
from tests.llm.provider import Provider, running

pytestmark = pytest.mark.django_db
BOX = "kittens that uncle bob shot two springs ago but no drawings"
DATE = {"quote": "two springs ago", "means": "filter", "operator": "date:2024-03..2024-05"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    cache.clear()
    with running() as started:
        yield started


@pytest.fixture
def chat(provider: Provider, gallery_setting: Any, owner: User) -> MeteredChat:
    gallery_setting(
        llm_provider="openai", llm_model="a-model", llm_url=provider.url, llm_key="k",
        intent_seconds=1,
    )  # fmt: skip
    metered = chat_of(owner)
    assert metered
    return metered


def answers(provider: Provider, *parts: dict[str, Any]) -> None:
    whole = [{"operator": "", "words": [], "number": 0, **part} for part in parts]
    provider.pieces = [json.dumps({"parts": whole})]


def read(chat: MeteredChat, box: str = BOX, *as_text: str) -> Intent:
    return understand(box, now=NOW, names=NamesVisibleTo(chat.user), as_text=as_text, chat=chat)


def test_a_model_reads_what_rules_do_not(chat: MeteredChat, provider: Provider) -> None:
    negative = {"quote": "but no drawings", "means": "less_like", "words": ["drawings"]}
    answers(provider, DATE, negative)
    intent = read(chat)
    assert (intent.reader, intent.text) == ("a-model", "kittens that uncle bob shot")
    assert [part.operator for part in intent.parts] == ["date:2024-03..2024-05", ""]
    assert [(term.text, term.weight < 0) for term in intent.terms] == [("drawings", True)]
    assert "two springs ago" in read(chat, BOX, "two springs ago").text
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    "part",
    [
        {"quote": "puppies", "means": "filter", "operator": "date:2024"},
        {"quote": "two springs ago", "means": "filter", "operator": "date:2031"},
        {"quote": "two springs ago", "means": "filter", "operator": "date:2024 is:private"},
        {"quote": "uncle bob", "means": "filter", "operator": "owner:bob"},
        {"quote": "uncle bob", "means": "filter", "operator": "tag:bob"},
        {"quote": "uncle bob", "means": "filter", "operator": "id:A-17"},
        {"quote": "uncle bob", "means": "filter", "operator": "is:failed"},
        {"quote": "kittens", "means": "less_like", "words": ["everything else"]},
        {"quote": "kittens", "means": "limit", "number": 100_000},
        {"quote": "", "means": "politeness"},
    ],
)
def test_what_a_model_invents_is_ignored(
    part: dict[str, Any], chat: MeteredChat, provider: Provider, owner: User
) -> None:
    make_image(owner=owner)
    answers(provider, part)
    assert read(chat).text == BOX


@pytest.mark.parametrize("fault", ["500", "401", "broken json", "timeout"])
def test_rules_read_when_a_model_fails(fault: str, chat: MeteredChat, provider: Provider) -> None:
    provider.faults = [fault] * 9
    intent = read(chat)
    assert (intent.reader, intent.model_failed) == ("rules", True)
    assert [part.kind for part in intent.parts] == [Kind.NEGATIVE]
    count = len(provider.requests)
    assert read(chat).model_failed
    assert len(provider.requests) == count


def test_a_spent_budget_is_not_a_fault_for_others(
    chat: MeteredChat, provider: Provider, gallery_setting: Any, stranger: User
) -> None:
    gallery_setting(llm_user_requests=1)
    answers(provider, DATE)
    read(chat, "cats two springs ago")
    assert read(chat).model_failed
    other = chat_of(stranger)
    assert other
    assert read(other).reader == "a-model"


@pytest.mark.parametrize("entry", ['{"parts": [{"phrase": "x"}]}', "{", {"parts": 1}])
def test_an_unreadable_cache_entry_is_a_miss(
    entry: Any, chat: MeteredChat, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(caches["default"]), "get", lambda self, key, *defaults: entry)
    answers(provider, DATE)
    assert read(chat).reader == "a-model"
    assert len(provider.requests) == 1


def test_a_model_gets_only_the_sentence(chat: MeteredChat, provider: Provider) -> None:
    answers(provider)
    read(chat, f"owner:ann {BOX} -secret tag:hidden")
    message = provider.requests[0]["messages"][-1]
    assert message["role"] == "user"
    assert BOX in json.dumps(message)
    assert "secret" not in provider.received_text()
    assert "hidden" not in provider.received_text()
