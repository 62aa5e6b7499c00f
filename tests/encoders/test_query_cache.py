"""Texts that were asked for before need no encoder, in this process and in others."""

from __future__ import annotations

import time

import numpy as np
import pytest
from django.conf import LazySettings
from django.core.cache import cache

from gallery.encoders import query_cache
from gallery.encoders.query_cache import Key

KEY = Key("fingerprint", "encoder", "a red car")


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    query_cache.forget()
    monkeypatch.setattr(query_cache, "_silent_until", 0.0)


def vector() -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.arange(512, dtype=np.float32)


def test_another_process_finds_what_this_one_computed() -> None:
    query_cache.put({KEY: vector()})
    query_cache.forget()
    assert np.array_equal(query_cache.get([KEY])[KEY], vector())


@pytest.mark.parametrize("field", ["fingerprint", "reader", "text"])
def test_another_model_or_text_finds_nothing(field: str) -> None:
    query_cache.put({KEY: vector()})
    assert query_cache.get([KEY._replace(**{field: "another"})]) == {}


def test_a_remembered_vector_is_read_only() -> None:
    query_cache.put({KEY: vector()})
    query_cache.forget()
    for _ in range(2):
        assert not query_cache.get([KEY])[KEY].flags.writeable


def test_nobody_reads_the_questions_in_redis() -> None:
    query_cache.put({KEY: vector()})
    name = query_cache._name(KEY)
    assert cache.get(name) is not None
    assert "red" not in name


def test_two_texts_of_one_place_are_never_confused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_cache, "_PLACES", 1)
    query_cache.put({KEY: vector()})
    query_cache.forget()
    assert query_cache.get([KEY._replace(text="another")]) == {}
    assert KEY in query_cache.get([KEY])


def test_questions_of_all_kinds_cannot_fill_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_cache, "_PLACES", 4)
    keys = [KEY._replace(text=f"text {number}") for number in range(40)]
    query_cache.put({key: vector() for key in keys})
    query_cache.forget()
    assert 0 < len(query_cache.get(keys)) <= 4


def test_a_damaged_entry_counts_as_unknown() -> None:
    cache.set(query_cache._name(KEY), b"short")
    assert query_cache.get([KEY]) == {}


def test_without_redis_this_process_still_remembers(settings: LazySettings) -> None:
    nobody = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nobody}
    query_cache.put({KEY: vector()})
    assert KEY in query_cache.get([KEY])


def test_a_redis_that_failed_is_left_alone_for_a_while(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nobody}
    assert query_cache.get([KEY]) == {}
    monkeypatch.setattr(query_cache, "cache", None)  # asking it would be an AttributeError
    assert query_cache.get([KEY]) == {}
    assert query_cache._silent_until > time.monotonic()
