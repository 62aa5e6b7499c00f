"""Good pictures, cut and flipped at random: always a picture or a reason, never an accident."""

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

REASONS = {"corrupt", "too_many_pixels"}
REFUSALS = {"empty_file", "unsupported_type", "too_many_pixels"}

_EVERYDAY = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
formats = st.sampled_from(sorted(GOOD))


@_EVERYDAY
@given(formats, st.floats(0, 0.99))
def test_a_cut_picture_ends_with_a_reason(format: str, part: float) -> None:
    data = GOOD[format]
    _check(data[: int(len(data) * part)])


@_EVERYDAY
@given(formats, st.lists(st.integers(0, 10_000), min_size=1, max_size=16))
def test_a_picture_with_flipped_bits_ends_with_a_reason(format: str, places: list[int]) -> None:
    _check(hostile.flipped(GOOD[format], places))


def _check(data: bytes) -> None:
    try:
        image = accept([data], owner=None).image
    except GalleryError as error:
        assert error.code in REFUSALS  # noqa: PT017 - either outcome is allowed
        return
    derive(image.pk)
    image.refresh_from_db()
    if image.state == State.FAILED:
        assert image.error_code in REASONS
        assert image.error_message
    else:
        assert image.state == State.DERIVED
        assert image.has_previews
    Image.objects.filter(pk=image.pk).delete()
