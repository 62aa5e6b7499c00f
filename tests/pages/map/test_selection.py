"""The pictures of a group or of an area."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Count
from django.test import Client

from gallery.models import MapCluster, MapPoint, Visibility
from tests.map.conftest import EVERYWHERE, MakeTopic, update_all

pytestmark = pytest.mark.django_db


def test_a_group_leads_to_its_pictures(make_topic: MakeTopic, client: Client) -> None:
    images = make_topic(1, 1)
    update_all()
    key = MapCluster.objects.get().pk
    assert (
        images[0].get_absolute_url() in client.get(f"/map/pictures/?cluster={key}").content.decode()
    )
    assert client.get(f"/map/pictures/?cluster={key + 1}").status_code == 404


def test_pages_of_groups_have_all_pictures(
    make_topic: MakeTopic, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_topic(1, 8)
    update_all()
    monkeypatch.setattr("gallery.map.points.MOST_POINTS", 5)
    page = client.get("/map/").content.decode()
    assert "It shows 5 of the pictures" in page
    for group in re.findall(r'data-cluster="(\d+)"', page):
        shown = client.get(f"/map/pictures/?cluster={group}").context["page"].images
        assert len(shown) == MapPoint.objects.filter(cluster=group).count()


@pytest.mark.parametrize(
    "query", ["", "cluster=x", "cluster=1²", "area=1,2", f"area={EVERYWHERE}&after=x"]
)
def test_wrong_addresses_are_refused(make_topic: MakeTopic, client: Client, query: str) -> None:
    make_topic(1, 1)
    update_all()
    assert client.get(f"/map/pictures/?{query}").status_code == 400


def test_later_pages_do_without_the_overview(
    make_topic: MakeTopic, client: Client, gallery_setting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_topic(1, 5)
    update_all()
    gallery_setting(page_size=2)
    group, count = MapPoint.objects.values_list("cluster").annotate(n=Count("*")).latest("n")
    first = client.get(f"/map/pictures/?cluster={group}")
    monkeypatch.setattr("gallery.pages.map.selection.overview_for", None)
    assert f"{count} pictures" in first.content.decode()
    after = first.context["page"].next
    assert client.get(f"/map/pictures/?cluster={group}&after={after}").status_code == 200
    assert client.post(f"/map/pictures/?cluster={group}", {"name": "x"}).status_code == 302


def test_groups_of_other_people_are_unknown(
    make_topic: MakeTopic, owner: User, stranger_client: Client
) -> None:
    image, *_ = make_topic(1, 2, owner=owner, visibility=Visibility.PRIVATE)
    update_all()
    group = MapPoint.objects.get(image=image).cluster_id
    assert stranger_client.get(f"/map/pictures/?cluster={group}").status_code == 404
