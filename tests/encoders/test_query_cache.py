"""Vectors of texts that were encoded before, in this process or in another one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from django.conf import LazySettings
from django.core.cache import cache

from gallery.encoders import query_cache
from gallery.encoders.query_cache import Key

KEY = Key("fingerprint", "encoder", "a red car")


@pytest.fixture(autouse=True)
def empty() -> None:
    query_cache.forget()


def vector() -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.arange(512, dtype=np.float32)


def test_vectors_are_shared_between_processes() -> None:
    query_cache.put({KEY: vector()})
    query_cache.forget()
    assert np.array_equal(query_cache.get([KEY])[KEY], vector())


@pytest.mark.parametrize("field", ["fingerprint", "reader", "text"])
def test_other_model_or_text_is_not_cached(field: str) -> None:
    query_cache.put({KEY: vector()})
    assert query_cache.get([KEY._replace(**{field: "another"})]) == {}


def test_cached_vector_is_read_only() -> None:
    query_cache.put({KEY: vector()})
    assert not query_cache.get([KEY])[KEY].flags.writeable
    query_cache.forget()
    for _ in range(2):  # from Redis, then from the process
        assert not query_cache.get([KEY])[KEY].flags.writeable


def test_redis_does_not_show_the_text() -> None:
    query_cache.put({KEY: vector()})
    assert cache.get(KEY.slot) is not None
    assert "red" not in KEY.slot
    assert b"red" not in cache.get(KEY.slot)


def test_texts_in_one_slot_are_not_confused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_cache, "SLOTS", 1)
    query_cache.put({KEY: vector()})
    query_cache.forget()
    assert query_cache.get([KEY._replace(text="another")]) == {}
    assert KEY in query_cache.get([KEY])


def test_number_of_slots_limits_redis_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_cache, "SLOTS", 4)
    keys = [KEY._replace(text=f"text {number}") for number in range(40)]
    query_cache.put({key: vector() for key in keys})
    query_cache.forget()
    assert 0 < len(query_cache.get(keys)) <= 4


def test_damaged_entry_is_ignored() -> None:
    cache.set(KEY.slot, b"short")
    assert query_cache.get([KEY]) == {}


@pytest.fixture
def redis_is_down(settings: LazySettings) -> Callable[[bool], None]:
    working = settings.CACHES
    unreachable = {**working["default"], "LOCATION": "redis://127.0.0.1:1/0"}

    def switch(is_down: bool) -> None:
        settings.CACHES = {"default": unreachable} if is_down else working

    return switch


def test_process_caches_without_redis(redis_is_down: Callable[[bool], None]) -> None:
    redis_is_down(True)
    query_cache.put({KEY: vector()})
    assert KEY in query_cache.get([KEY])


def test_failed_redis_is_not_asked_for_some_time(redis_is_down: Callable[[bool], None]) -> None:
    query_cache.put({KEY: vector()})
    query_cache.forget()
    redis_is_down(True)
    assert query_cache.get([KEY]) == {}
    redis_is_down(False)
    assert query_cache.get([KEY]) == {}
    query_cache.forget()
    assert KEY in query_cache.get([KEY])


def test_past_vectors_of_one_model_are_sampled() -> None:
    other = KEY._replace(reader="another")
    mine = {KEY._replace(text=f"text {number}"): vector() + number for number in range(5)}
    query_cache.put({**mine, other: vector() + 9})
    first = {float(past[0]) for past in query_cache.sample(KEY.fingerprint, KEY.reader, 100)}
    assert first == {0.0, 1.0, 2.0, 3.0, 4.0}
    assert len(query_cache.sample(KEY.fingerprint, KEY.reader, 2)) == 2


def test_nothing_is_sampled_without_redis(redis_is_down: Callable[[bool], None]) -> None:
    query_cache.put({KEY: vector()})
    redis_is_down(True)
    assert query_cache.sample(KEY.fingerprint, KEY.reader, 5) == []
