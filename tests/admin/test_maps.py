"""The admin's list of maps, and its actions."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from gallery.models import JobState, MapProjection
from tests.map.conftest import MakeTopic, make_topic, space, update_all

__all__ = ["make_topic", "space"]
pytestmark = pytest.mark.django_db

LIST = "/admin/gallery/mapprojection/"


def act(client: Client, action: str, projection: MapProjection) -> str:
    data = {"action": action, "_selected_action": [projection.pk]}
    return client.post(LIST, data, follow=True).content.decode()


def test_a_map_is_made_anew_and_paused(make_topic: MakeTopic, curator_client: Client) -> None:
    make_topic(1, 3)
    update_all()
    shown = MapProjection.objects.get()
    assert "in use" in curator_client.get(LIST).content.decode()
    assert "The map is being made again." in act(curator_client, "make_anew", shown)
    making = MapProjection.objects.unfinished().get()
    assert "The map is paused." in act(curator_client, "pause", making)
    making.refresh_from_db()
    assert making.state == JobState.PAUSED
    assert "Nothing was changed." in act(curator_client, "pause", making)
    act(curator_client, "resume", making)
    update_all()
    assert MapProjection.objects.get() == making


def test_the_list_says_why_a_map_waits(make_topic: MakeTopic, curator_client: Client) -> None:
    [image] = make_topic(1, 1)
    MapProjection.objects.create(
        space=image.embeddings.get().space,
        method="umap",
        state=JobState.PAUSED,
        problem_code="umap_failed",
        problem_data={"reason": "out of memory"},
    )
    assert "UMAP has failed: out of memory" in curator_client.get(LIST).content.decode()


def test_only_people_with_the_right_act(
    make_topic: MakeTopic, staff: User, staff_client: Client
) -> None:
    make_topic(1, 3)
    update_all()
    staff.user_permissions.add(Permission.objects.get(codename="view_mapprojection"))
    act(staff_client, "make_anew", MapProjection.objects.get())
    assert not MapProjection.objects.unfinished().exists()
