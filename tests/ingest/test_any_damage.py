"""Randomly cut and bit-flipped pictures end as a picture or with one of the expected errors."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gallery.core.errors import GalleryError
from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.models import Image, State
from tests import hostile
from tests.media.test_sniff import GOOD

pytestmark = pytest.mark.django_db(transaction=True)

DERIVE_ERRORS = {"corrupt", "too_many_pixels"}
ACCEPT_ERRORS = {"empty_file", "unsupported_type", "too_many_pixels"}

_SETTINGS = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
formats = st.sampled_from(sorted(GOOD))


@_SETTINGS
@given(formats, st.floats(0, 0.99))
def test_a_cut_picture_ends_as_expected(format: str, fraction: float) -> None:
    data = GOOD[format]
    _check(data[: int(len(data) * fraction)])


@_SETTINGS
@given(formats, st.lists(st.integers(0, 10_000), min_size=1, max_size=16))
def test_flipped_bits_end_as_expected(format: str, positions: list[int]) -> None:
    _check(hostile.flipped(GOOD[format], positions))


def _check(data: bytes) -> None:
    try:
        image = accept([data], owner=None).image
    except GalleryError as error:
        assert error.code in ACCEPT_ERRORS  # noqa: PT017 - either outcome is allowed
        return
    derive(image.pk)
    image.refresh_from_db()
    if image.state == State.FAILED:
        assert image.error_code in DERIVE_ERRORS
        assert image.error_message
    else:
        assert image.state == State.DERIVED
        assert image.has_dimensions
    Image.objects.filter(pk=image.pk).delete()
