from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from gallery.embeddings import encode
from gallery.models import ActivityEvent, EmbeddingSpace, Image, Reaction, TasteProfile
from gallery.recommendations.activity import consent, record, retention
from gallery.recommendations.activity.erase import erase
from gallery.recommendations.activity.export import document_of
from gallery.recommendations.feed import recommend
from gallery.recommendations.interests import build
from tests.builders import make_image, make_user, unit_vector
from tests.recommendations.conftest import Like, MakeTopic

pytestmark = pytest.mark.django_db
TEXT = "zanzibar canary 7f3a"


def searches(user: User) -> list[str]:
    return [each["text"] for each in document_of(user)["searches"]]


def test_nothing_is_recorded_without_consent(owner: User) -> None:
    record.record_view(owner, make_image().pk)
    record.record_search(owner, "boat")
    record.record_search(AnonymousUser(), "boat")
    assert not ActivityEvent.objects.exists()
    assert not TasteProfile.objects.exists()


def test_recording_ends_with_the_consent(owner: User) -> None:
    consent.give(owner)
    record.record_search(owner, "boat")
    consent.withdraw(owner)
    record.record_search(owner, "dog")
    assert searches(owner) == ["boat"]


def test_a_picture_is_recorded_once(owner: User) -> None:
    image = make_image()
    consent.give(owner)
    for _ in range(3):
        record.record_view(owner, image.pk)
    assert [row["image_id"] for row in document_of(owner)["views"]] == [image.pk]


def test_searches_while_typing_are_one(owner: User) -> None:
    consent.give(owner)
    for text in ("re", "red", "red bo", "red boat", " Red  boat"):
        record.record_search(owner, text)
    assert set(searches(owner)) == {"red boat", "Red boat"}
    ActivityEvent.objects.update(at=timezone.now() - timedelta(minutes=2))
    record.record_search(owner, "red")
    assert "red boat" in searches(owner)


def test_a_deleted_picture_is_not_recorded(owner: User) -> None:
    image = make_image()
    consent.give(owner)
    Image.objects.all().delete()
    record.record_view(owner, image.pk)
    assert not ActivityEvent.objects.exists()


def test_old_activity_is_deleted(owner: User, gallery_setting: Any) -> None:
    gallery_setting(activity_seconds=3600)
    consent.give(owner)
    record.record_search(owner, "old")
    ActivityEvent.objects.update(at=timezone.now() - timedelta(hours=2))
    record.record_search(owner, "new")
    assert retention.delete_old() == 1
    assert searches(owner) == ["new"]


def test_only_the_newest_activity_is_kept(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MOST_EVENTS", 2)
    consent.give(owner)
    for number in range(4):
        record.record_search(owner, f"{number} boats")
    ActivityEvent.objects.filter(text="0 boats").update(at=timezone.now() + timedelta(hours=1))
    retention.delete_old()
    assert searches(owner)[0] == "0 boats"
    assert len(searches(owner)) == 2


def rows_naming(user: User, *texts: str) -> set[str]:
    """Tables besides those of the account with a column that has the user's key or a text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        )
        columns = cursor.fetchall()
        cursor.execute(
            "SELECT conrelid::regclass::text, attname FROM pg_constraint"
            " JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)"
            " WHERE contype = 'f' AND confrelid = 'auth_user'::regclass"
        )
        named = set()
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT 1 FROM {table} WHERE "{column}" = %s LIMIT 1', [user.pk])
            if cursor.fetchone():
                named.add(table)
        for table, column in columns:
            condition = f'"{column}"::text LIKE ANY (%s)'
            patterns = [f"%{text}%" for text in texts]
            cursor.execute(f'SELECT 1 FROM "{table}" WHERE {condition} LIMIT 1', [patterns])
            if cursor.fetchone():
                named.add(table)
    return named


def cached_bytes() -> bytes:
    """Keys and values of Redis, whatever their prefix."""
    client = cache._cache.get_client()  # type: ignore[attr-defined]
    keys = list(client.scan_iter("*"))
    values = [client.get(key) or b"" for key in keys if client.type(key) == b"string"]
    return b"\n".join([*keys, *values])


@pytest.mark.parametrize("deletes_account", [False, True])
def test_erased_activity_is_nowhere(
    builtin_texts: None,
    owner: User,
    make_topic: MakeTopic,
    like: Like,
    deletes_account: bool,
) -> None:
    user = make_user("somebody", pk=918_273_645)
    consent.give(user)
    record.record_search(user, TEXT)
    record.record_view(user, make_topic(1, 2)[0].pk)
    like(user, *make_topic(2, 3))
    recommend(user, limit=3)
    assert rows_naming(user, TEXT) == {
        "gallery_activityconsent", "gallery_activityevent", "gallery_reaction",
        "gallery_tasteprofile", "gallery_interest",
    }  # fmt: skip
    if deletes_account:
        user.delete()
        user.pk = 918_273_645
    else:
        erase(user)
    build.run()
    assert rows_naming(user, TEXT) == set()
    stored = cached_bytes()
    assert TEXT.encode() not in stored
    assert str(user.pk).encode() not in stored


def test_others_keep_their_activity(
    owner: User, stranger: User, make_topic: MakeTopic, like: Like
) -> None:
    image = make_topic(1, 1)[0]
    like(owner, image)
    like(stranger, image)
    erase(owner)
    assert [each.user for each in Reaction.objects.all()] == [stranger]


@pytest.fixture
def builtin_texts(space: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch) -> None:
    def text_vectors(space: object, texts: list[str]) -> Any:
        return [unit_vector(len(text)) for text in texts]

    monkeypatch.setattr(encode, "text_vectors", text_vectors)


def test_the_admin_shows_no_text(curator_client: Client, owner: User) -> None:
    consent.give(owner)
    record.record_search(owner, TEXT)
    response = curator_client.get(f"/admin/auth/user/{owner.pk}/delete/")
    assert response.status_code == 200
    assert TEXT not in response.content.decode()
