"""The full-text column of existing pictures."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from gallery.models import Image
from gallery.search.lexical import lexical_matches
from tests.builders import make_image, make_tag, tag_image


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pictures_from_before_are_found_by_words() -> None:
    image = make_image(title="Lighthouse")
    MigrationExecutor(connection).migrate([("gallery", "0006_image_facts")])
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    within = Image.objects.all()
    rows = lexical_matches("lighthouse", within=within, user=AnonymousUser(), limit=9)
    assert [row.image_id for row in rows] == [image.pk]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_tags_from_before_are_found_by_words() -> None:
    image = make_image()
    tag_image(image, make_tag("Lighthouse"))
    MigrationExecutor(connection).migrate([("gallery", "0023_tags")])
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    within = Image.objects.all()
    rows = lexical_matches("lighthouse", within=within, user=AnonymousUser(), limit=9)
    assert [row.image_id for row in rows] == [image.pk]


@pytest.mark.django_db
def test_rows_are_loaded_without_their_words() -> None:
    make_image()
    assert "words" not in str(Image.objects.all().query)
    assert not hasattr(Image.objects.get(), "words")
