"""Tags of an older version get keys for their names during the upgrade."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from gallery.models import Image, Tag
from tests.models.test_migrations import migrate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def old_apps() -> Iterator[Any]:
    """The models before names had keys."""
    yield MigrationExecutor(connection).migrate([("gallery", "0025_facts_with_keywords")]).apps
    migrate()


def test_equal_names_get_numbers(old_apps: Any) -> None:
    tags = old_apps.get_model("gallery", "Tag").objects
    image = old_apps.get_model("gallery", "Image").objects.create(
        original="x", sha256="x", size=1, format="png", state="ready"
    )
    for name in ("STRASSE", "stra\u00dfe", "boat"):
        tag = tags.create(name=name, name_zh="\uff22" if name == "boat" else "")
        old_apps.get_model("gallery", "ImageTag").objects.create(
            image=image, tag=tag, source="person", state="approved"
        )
    migrate()
    assert set(Tag.objects.values_list("name", flat=True)) == {"STRASSE", "stra\u00dfe (2)", "boat"}
    assert Tag.objects.named("STRA\u1e9eE").get().name == "STRASSE"
    assert Tag.objects.named("b").get().name == "boat"
    assert "stra\u00dfe (2)" in Image.objects.get(pk=image.pk).tag_names


def test_names_of_members_stay_private(old_apps: Any) -> None:
    tags = old_apps.get_model("gallery", "Tag").objects
    tags.create(name="beach")
    tags.create(name="animal", is_suggested=False, group="things")
    tags.create(name="loan", is_suggested=False)
    migrate()
    assert set(Tag.objects.filter(is_official=True).values_list("name", flat=True)) == {
        "beach", "animal",
    }  # fmt: skip
