"""What a person, and all together, may use of the language model in a day."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pydantic import BaseModel

from gallery.core.errors import GalleryError, LlmBudgetSpent, LlmOverloaded
from gallery.llm.base import Chat, Message
from gallery.llm.budget import spent_by, spent_by_all
from gallery.llm.metered import chat_of
from gallery.models import LlmUsage
from gallery.tasks import delete_old_records
from tests.llm.provider import TOKENS_IN, TOKENS_OUT, Provider

QUESTION = [Message("user", "How many cats?")]


def pieces_for(user: User, seconds: float = 5) -> Iterator[str]:
    metered = chat_of(user)
    assert metered is not None
    return metered.stream("Answer.", QUESTION, deadline=time.monotonic() + seconds)


def test_counts_requests_and_tokens_of_a_person(model: Chat, owner: User, stranger: User) -> None:
    "".join(pieces_for(owner))
    "".join(pieces_for(owner))
    spent = spent_by(owner)
    assert (spent.requests, spent.tokens) == (2, 2 * (TOKENS_IN + TOKENS_OUT))
    assert spent_by(stranger).requests == 0
    assert spent_by_all().requests == 2


@pytest.mark.parametrize(
    ("limit", "budget"),
    [
        ({"llm_user_requests": 1}, "user"),
        ({"llm_user_tokens": 100}, "user"),
        ({"llm_requests": 1}, "site"),
        ({"llm_tokens": 100}, "site"),
    ],
)
def test_spent_budget_refuses_until_tomorrow(
    model: Chat, provider: Provider, owner: User, gallery_setting: Any,
    limit: dict[str, int], budget: str,
) -> None:  # fmt: skip
    gallery_setting(**limit)
    "".join(pieces_for(owner))
    with pytest.raises(LlmBudgetSpent) as raised:
        "".join(pieces_for(owner))
    assert len(provider.requests) == 1
    assert raised.value.data["budget"] == budget
    assert 0 < raised.value.retry_after <= 86_400


def test_answer_left_early_is_counted(model: Chat, owner: User) -> None:
    pieces = pieces_for(owner)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    spent = spent_by(owner)
    assert spent.requests == 1
    assert spent.tokens > 0


def test_request_that_fails_is_counted(model: Chat, provider: Provider, owner: User) -> None:
    provider.faults, provider.retry_after = ["429"], "100"
    with pytest.raises(LlmOverloaded):
        "".join(pieces_for(owner))
    assert spent_by(owner).requests == 1


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_stay_within_budget(
    model: Chat, provider: Provider, owner: User, gallery_setting: Any
) -> None:
    gallery_setting(llm_user_requests=3)

    def answered(_: int) -> bool:
        try:
            return bool("".join(pieces_for(owner)))
        except LlmBudgetSpent:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(answered, range(12))) == 3
    assert len(provider.requests) == 3


class Count(BaseModel):
    number: int


def parsed_for(user: User, seconds: float) -> Count:
    metered = chat_of(user)
    assert metered is not None
    return metered.parse("Count.", QUESTION, Count, deadline=time.monotonic() + seconds)


@pytest.mark.parametrize("fault", ["timeout", "broken json"])
@pytest.mark.parametrize("is_streamed", [True, False])
def test_fault_after_the_request_counts_its_tokens(
    model: Chat, provider: Provider, owner: User, fault: str, is_streamed: bool
) -> None:
    provider.faults = [fault] * 9
    with pytest.raises(GalleryError):
        parsed_for(owner, 0.3) if not is_streamed else "".join(pieces_for(owner, 0.3))
    assert spent_by(owner).tokens > 0


@pytest.mark.parametrize("fault", ["401", "404", "429", "500"])
def test_refused_request_counts_no_tokens(
    model: Chat, provider: Provider, owner: User, fault: str
) -> None:
    provider.faults, provider.retry_after = [fault] * 9, "100"
    with pytest.raises(GalleryError):
        "".join(pieces_for(owner))
    assert (spent_by(owner).requests, spent_by(owner).tokens) == (1, 0)


def test_counting_works_behind_a_transaction_pooler(model: Chat, owner: User) -> None:
    """A lock of the session would stay with a connection that the next statement does not get."""
    with CaptureQueriesContext(connection) as statements:
        "".join(pieces_for(owner))
    locks = [each["sql"] for each in statements if "advisory" in each["sql"]]
    assert locks
    assert all("pg_advisory_xact_lock" in sql for sql in locks)


def test_people_without_account_have_no_model(model: Chat) -> None:
    assert chat_of(AnonymousUser()) is None


def test_the_use_of_earlier_months_is_deleted(owner: User) -> None:
    today = timezone.localdate()
    for days in (0, 61, 63, 400):
        LlmUsage.objects.create(user=owner, day=today - timedelta(days=days), requests=1)
    delete_old_records()
    kept = LlmUsage.objects.order_by("-day").values_list("day", flat=True)
    assert [(today - day).days for day in kept] == [0, 61]
