"""The divider between close and less similar pictures, in searches by several terms."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gallery.models import EmbeddingSpace, Image
from tests.search import demo_pictures

pytestmark = pytest.mark.django_db
UNKNOWN = "季度税务报告 quarterly tax report"


@pytest.fixture
def shown(builtin: EmbeddingSpace) -> dict[str, Image]:
    """Demo pictures by name: two dogs, a cat, a crab, a castle, a cake."""
    return demo_pictures.show_named(builtin, "a-dog-on-a-beach", *demo_pictures.SHOWN)


def divided(client: Client, **query: Any) -> tuple[str, str]:
    """The page above and below the divider."""
    text = client.get("/search/", query).content.decode()
    above, _, below = text.partition('<details class="weak"')
    return above, below


def test_a_picture_and_a_place_are_divided(client: Client, shown: dict[str, Image]) -> None:
    beach, snow = shown["a-dog-on-a-beach"], shown["a-dog-in-the-snow"]
    above, below = divided(client, q="in the snow", like=beach.pk)
    assert f"/pictures/{snow.pk}/" in above
    assert "Show 4 less similar pictures" in below
    assert f"/pictures/{shown['a-cake-on-a-table'].pk}/" in below
    summary = above.split('id="summary">')[1].split("</p>")[0]
    assert " ".join(summary.split()).startswith("1 close match among 5 pictures")


def test_feedback_keeps_the_divider(client: Client, shown: dict[str, Image]) -> None:
    liked = shown["a-dog-on-a-beach"]
    above, below = divided(client, q="a dog", more=liked.pk)
    assert f"/pictures/{liked.pk}/" in above
    assert f"/pictures/{shown['a-dog-in-the-snow'].pk}/" in above
    assert f"/pictures/{shown['a-castle-in-the-hills'].pk}/" in below


def test_unknown_terms_get_the_notice(client: Client, shown: dict[str, Image]) -> None:
    above, below = divided(client, q=UNKNOWN, less=shown["a-cake-on-a-table"].pk)
    assert "<h2>No close matches</h2>" in above
    assert not below


def test_by_date_less_similar_ones_are_left_out(client: Client, shown: dict[str, Image]) -> None:
    query = {"q": "in the snow", "like": shown["a-dog-on-a-beach"].pk, "order": "newest"}
    above, below = divided(client, **query)
    assert f"/pictures/{shown['a-dog-in-the-snow'].pk}/" in above
    assert f"/pictures/{shown['a-cake-on-a-table'].pk}/" not in above + below
