"""Hostile files end with a reason, and harm neither the site nor the good files between them."""

from __future__ import annotations

from contextlib import suppress

import pytest

from gallery.core.errors import GalleryError
from gallery.media.formats import FORMATS
from gallery.media.sniff import HEAD_SIZE, sniff
from tests.hostile.attack import Attack
from tests.hostile.corpus import hostile_file
from tests.hostile.reading import check_header
from tests.local.site import running_site

_SAMPLE = range(0, 5000, 71)


def test_every_accepted_format_is_damaged() -> None:
    assert {file.format for file in map(hostile_file, range(100))} == {"", *FORMATS}


def test_a_number_is_always_one_file() -> None:
    assert [hostile_file(n) for n in range(40)] == [hostile_file(n) for n in range(40)]


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_headers_raise_only_known_errors(first: int) -> None:
    """In the web process, where another error is a 500."""
    for number in range(first, first + 100):
        data = hostile_file(number).data
        with suppress(GalleryError):
            check_header(data, sniff(data[:HEAD_SIZE]).name)


@pytest.mark.slow
def test_a_sample_ends_with_reasons() -> None:
    with running_site() as site:
        attack = Attack(site, site.manage("apitoken", "admin").strip())
        workers = [site.children(f"-Q {queue}") for queue in ("derive", "embed")]
        outcomes = attack.outcomes([hostile_file(number) for number in _SAMPLE], seconds=120)
        assert [outcome for outcome in outcomes if not outcome.is_explained] == []
        assert (attack.good, attack.damaged_good) == (4, [])
        assert {outcome.result for outcome in outcomes} >= {"refused", "failed", "ready"}
        assert [site.children(f"-Q {queue}") for queue in ("derive", "embed")] == workers
        assert site.is_healthy()
