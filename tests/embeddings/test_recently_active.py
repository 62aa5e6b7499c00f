"""A search reads the active space once a second."""

from __future__ import annotations

import time
from typing import Any

import pytest

from gallery.embeddings import spaces
from gallery.models import EmbeddingSpace
from tests.builders import make_space

pytestmark = pytest.mark.django_db


def test_searches_within_a_second_share_a_statement(django_assert_num_queries: Any) -> None:
    space = make_space()
    with django_assert_num_queries(1):
        assert [spaces.recently_active() for _ in range(5)] == [space] * 5


def test_a_switch_by_this_process_shows_at_once() -> None:
    make_space(encoder="one")
    other = make_space(encoder="two", active=False)
    spaces.recently_active()
    spaces.activate(other)
    assert spaces.recently_active() == other


def test_a_switch_by_another_process_is_seen_soon() -> None:
    make_space(encoder="one")
    other = make_space(encoder="two", active=False)
    spaces.recently_active()
    # What the other process does, without what this process would do with it.
    EmbeddingSpace.objects.update(active=False)
    EmbeddingSpace.objects.filter(pk=other.pk).update(active=True)
    deadline = time.monotonic() + 10
    while spaces.recently_active() != other and time.monotonic() < deadline:
        time.sleep(0.1)
    assert spaces.recently_active() == other
