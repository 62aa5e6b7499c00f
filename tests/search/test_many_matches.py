"""Words in a gallery with more pictures that contain them than a search ranks."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from gallery.models import Image
from gallery.search.fulltext import common_words
from gallery.search.lexical import LexicalMatch, lexical_matches
from tests.builders import make_image

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
COUNT = 10_500


@pytest.fixture
def gallery(db: None) -> Iterator[list[Image]]:
    """Old pictures, and many newer ones with the words "red" and "car" in their captions."""
    old = [
        make_image(title="Red car", created_at=LONG_AGO),
        make_image(title="Grandpa in a car that was red", created_at=LONG_AGO),
        make_image(title="", caption="Red, like no other car", created_at=LONG_AGO),
        make_image(title="", caption="A red car in Zanzibar", created_at=LONG_AGO),
    ]
    start = LONG_AGO + timedelta(days=1)
    Image.objects.bulk_create(
        Image(
            sha256=f"{number:064x}",
            size=1,
            format="png",
            state="ready",
            caption="A car next to something red",
            created_at=start + timedelta(minutes=number),
        )
        for number in range(COUNT)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE gallery_image")
    common_words.forget()
    yield old
    common_words.forget()


def matches(text: str, *, nearest: Sequence[uuid.UUID] = ()) -> list[LexicalMatch]:
    user = AnonymousUser()
    within = Image.objects.visible_to(user)
    return lexical_matches(text, within=within, user=user, limit=50, nearest=nearest)


def test_old_pictures_are_found_among_many(gallery: list[Image]) -> None:
    whole, title, caption, place = (image.pk for image in gallery)
    best = matches("red car")
    assert [match.image_id for match in best[:2]] == [whole, title]
    assert [match.whole for match in best[:2]] == [True, False]
    assert len(best) == 50
    assert caption in [match.image_id for match in matches("red car", nearest=[caption])]
    for text in ("red car zanzibar", "zanzibar car", "zanzibar red boat", "red zanz"):
        assert matches(text)[0].image_id == place, text
    assert [match.coverage for match in matches("red car qwertz")] == [pytest.approx(2 / 3)] * 50
    assert len(matches("qwertz red")) == 50


def test_permission_holds_among_many(gallery: list[Image]) -> None:
    Image.objects.filter(pk__in=[image.pk for image in gallery]).update(visibility="private")
    old = {image.pk for image in gallery}
    rows = matches("red car", nearest=list(old)) + matches("zanzibar car")
    assert rows
    assert not old & {match.image_id for match in rows}
