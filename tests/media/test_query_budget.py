from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from gallery.core.errors import TooBusy, TooManyParts, TooManySlowPictures
from gallery.media import decode
from gallery.media.decode import decode_query
from gallery.media.limits.query_budget import QueryBudget
from tests import hostile, scenes

MB = 1 << 20


@pytest.fixture
def budget(gallery_setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> QueryBudget:
    """Two places, 768 MB and slow pictures of 0.1 seconds."""
    gallery_setting(query_places=2, query_memory=768 * MB, query_seconds=0.1)
    new = QueryBudget()
    monkeypatch.setattr(decode, "QUERY_BUDGET", new)
    return new


def test_without_a_place_the_refusal_is_immediate(budget: QueryBudget) -> None:
    with budget.spent(MB), budget.spent(MB):
        started = time.perf_counter()
        with pytest.raises(TooBusy) as error:
            decode_query(scenes.photo())
        assert time.perf_counter() - started < 0.1
    assert error.value.retry_after > 0


def test_a_freed_place_is_used_again(
    budget: QueryBudget, gallery_setting: Callable[..., None]
) -> None:
    gallery_setting(query_places=1, query_seconds=8)
    with budget.spent(MB), pytest.raises(TooBusy):
        decode_query(scenes.photo())
    assert decode_query(scenes.photo()).size == (60, 40)


def test_places_are_given_by_memory(budget: QueryBudget) -> None:
    with budget.spent(500 * MB):
        with budget.spent(200 * MB):
            pass
        with pytest.raises(TooBusy), budget.spent(300 * MB):
            pass


def test_one_client_has_half_the_places(budget: QueryBudget) -> None:
    with budget.spent(MB, client="192.0.2.1"):
        with pytest.raises(TooManySlowPictures), budget.spent(MB, client="192.0.2.1"):
            pass
        with budget.spent(MB, client="192.0.2.2"):
            pass


def test_a_client_owes_the_seconds_it_used(budget: QueryBudget) -> None:
    with budget.spent(MB, client="192.0.2.1"):
        time.sleep(0.25)
    with pytest.raises(TooManySlowPictures), budget.spent(MB, client="192.0.2.1"):
        pass
    with budget.spent(MB, client="192.0.2.2"):
        pass
    time.sleep(0.4)
    with budget.spent(MB, client="192.0.2.1"):
        pass


def test_an_error_frees_the_place(budget: QueryBudget) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), budget.spent(768 * MB):
            raise ZeroDivisionError


def test_a_bad_structure_needs_no_place(budget: QueryBudget) -> None:
    with budget.spent(MB), budget.spent(MB), pytest.raises(TooManyParts):
        decode_query(hostile.tiff_of_directories(2_000))
