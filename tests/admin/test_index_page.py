"""The page of a vector index in the admin: figures, plot, and buttons that hint a worker."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from gallery.admin.indexes.actions import INDEX_ACTIONS
from gallery.admin.spaces.actions import SpaceAction
from gallery.core.dispatch import Stage
from gallery.models import EmbeddingSpace
from gallery.operations import index_status
from gallery.vectorindex.statistics import BuildProgress
from tests.builders import (
    make_embedding,
    make_image,
    make_index,
    make_measurement,
    make_space,
    make_user,
    unit_vector,
)
from tests.conftest import Hint

LIST = "/admin/gallery/indexbuild/"
STAGES = {
    "calibrate": Stage.CALIBRATE_INDEX,
    "rebuild": Stage.BUILD_INDEX,
    "drop-index": Stage.DROP_INDEX,
}


@pytest.fixture
def space(owner: User) -> EmbeddingSpace:
    """A space with one of two vectors and an index that was measured for texts."""
    space = make_space()
    make_embedding(make_image(owner), space, unit_vector(1))
    make_image(owner)
    make_index(space, name="vectors_1", lists=1264, text_effort=40, picture_effort=10, rows=2000)
    make_measurement(space, effort=20, recall=0.951, recall_low=0.93, recall_high=0.96)
    make_measurement(space, effort=40, chosen=True)
    return space


def address(space: EmbeddingSpace) -> str:
    return f"{LIST}space/{space.pk}/"


def text_of(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_the_page_shows_the_figures(curator_client: Client, space: EmbeddingSpace) -> None:
    page = " ".join(text_of(curator_client, address(space)).split())
    for text in (
        "Vector index of builtin", "1 × 512", "1 / 2 (50 %)", "ivfflat", "<dd>1264</dd>",
        "from 2000 vectors", "vectors_1", "not yet", "0.985", "0.971 – 0.994", "4.40 ms",
        "captions", "not measured yet", "calibrate: the recall is to be measured",
    ):  # fmt: skip
        assert text in page


def plot_of(page: str) -> ElementTree.Element:
    (svg,) = re.findall(r"<svg viewBox=\"0 0 560.*?</svg>", page, re.S)
    return ElementTree.fromstring(svg)


def test_the_plot_has_a_point_per_measurement(
    curator_client: Client, space: EmbeddingSpace
) -> None:
    make_measurement(space, query_kind="picture", recall=0.999, recall_high=1.0)
    plot = plot_of(text_of(curator_client, address(space)))
    heights = [float(circle.attrib["cy"]) for circle in plot.iter("circle")]
    assert len(heights) == 2
    assert heights[0] > heights[1]  # more probes find more
    assert len(plot.findall(".//path[@class='diamond']")) == 1
    assert len(plot.findall(".//g[@class='chosen']")) == 1


def test_an_index_without_use_is_explained(curator_client: Client, space: EmbeddingSpace) -> None:
    assert "(in use)" in text_of(curator_client, address(space))
    space.index.exact_rows = space.index.rows
    space.index.save()
    page = text_of(curator_client, address(space))
    assert "compare every vector" in page
    assert "because it is not clearly quicker" in page
    assert "in use" not in page.lower()
    assert plot_of(page).findall(".//g[@class='chosen']") == []


def test_the_plot_is_described(curator_client: Client, space: EmbeddingSpace) -> None:
    plot = plot_of(text_of(curator_client, address(space)))
    names = [plot.find(f".//*[@id='{key}']") for key in plot.attrib["aria-labelledby"].split()]
    assert [name is not None and bool(name.text) for name in names] == [True, True]
    titles = ["".join(title.itertext()).strip() for title in plot.iter("title")]
    assert "text, 40 probes: recall 0.985 in 4.40 ms" in titles


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_numbers_in_the_plot_are_plain(
    curator_client: Client, space: EmbeddingSpace, language: str
) -> None:
    page = curator_client.get(address(space), headers={"accept-language": language})
    for line in plot_of(page.content.decode()).iter("polyline"):
        for point in line.attrib["points"].split():
            assert all(0 <= float(number) <= 560 for number in point.split(","))


def test_extreme_measurements_have_a_plot(curator_client: Client, space: EmbeddingSpace) -> None:
    make_measurement(space, recall=0, recall_low=0, recall_high=0.01, milliseconds=0)
    make_measurement(space, recall=1, recall_low=1, recall_high=1, milliseconds=123_456, lists=None)
    assert len(list(plot_of(text_of(curator_client, address(space))).iter("circle"))) == 4


def test_a_space_without_index_has_a_page(curator_client: Client) -> None:
    space = make_space()
    assert address(space) in text_of(curator_client, LIST)
    page = text_of(curator_client, address(space))
    assert "compare every vector" in page
    assert "<svg viewBox" not in page
    assert "“Build now” builds it earlier." not in page  # there is no vector


def test_a_missing_index_is_explained(curator_client: Client, gallery_setting: Any) -> None:
    gallery_setting(index_min_rows=12_345)
    assert "choose a model first" in text_of(curator_client, LIST)
    space = make_space()
    make_embedding(make_image(), space, unit_vector(1))
    for path, advice in ((LIST, "choose “Build now”"), (address(space), "builds it earlier")):
        page = text_of(curator_client, path)
        assert "From 12,345 vectors on (GALLERY_INDEX_MIN_ROWS), an index is built" in page
        assert advice in page
    make_index(space)
    assert "GALLERY_INDEX_MIN_ROWS" not in text_of(curator_client, LIST)
    assert "GALLERY_INDEX_MIN_ROWS" not in text_of(curator_client, address(space))


def test_a_running_build_shows_its_progress(
    curator_client: Client, space: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = BuildProgress("building index: loading tuples", 250, 1000)
    monkeypatch.setattr(index_status, "progress_of", lambda space: progress)
    page = text_of(curator_client, address(space))
    assert "loading tuples" in page
    assert "250 of 1000 vectors" in page
    assert '<progress max="1000" value="250"' in page


def test_an_index_leads_to_the_page(curator_client: Client, space: EmbeddingSpace) -> None:
    response = curator_client.get(f"{LIST}{space.index.pk}/change/")
    assert response.headers["Location"] == address(space)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", INDEX_ACTIONS, ids=lambda action: action.name)
def test_each_button_hints_a_worker(
    curator_client: Client, space: EmbeddingSpace, action: SpaceAction, hints: list[Hint]
) -> None:
    button = f"{address(space)}do/{action.name}/"
    assert button in text_of(curator_client, address(space))
    confirmation = text_of(curator_client, button)
    assert "csrfmiddlewaretoken" in confirmation
    assert "Vector indexes" in confirmation
    assert hints == []
    response = curator_client.post(button, follow=True)
    assert hints == [(STAGES[action.name], (str(space.pk),))]
    assert [str(message) for message in response.context["messages"]] == [str(action.done)]
    assert response.redirect_chain[-1][0] == address(space)


def test_only_possible_buttons_are_offered(curator_client: Client, space: EmbeddingSpace) -> None:
    space.index.delete()
    page = text_of(curator_client, address(space))
    assert f"{address(space)}do/rebuild/" in page
    for name in ("calibrate", "drop-index"):
        assert f"do/{name}/" not in page
        response = curator_client.post(f"{address(space)}do/{name}/", follow=True)
        messages = [str(message) for message in response.context["messages"]]
        assert messages == ["This is not possible in the space's current status."]


@pytest.mark.parametrize("action", INDEX_ACTIONS, ids=lambda action: action.name)
@pytest.mark.parametrize("permission", ["view", "change", "delete"])
def test_each_button_takes_its_permission(
    space: EmbeddingSpace, action: SpaceAction, permission: str
) -> None:
    user = make_user("staff", is_staff=True)
    names = ["view_indexbuild", f"{permission}_embeddingspace"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    allowed = permission == action.permission
    assert (f"do/{action.name}/" in text_of(client, address(space))) == allowed
    response = client.post(f"{address(space)}do/{action.name}/")
    assert response.status_code == (302 if allowed else 403)


def test_the_page_needs_its_permission(staff_client: Client, space: EmbeddingSpace) -> None:
    assert staff_client.get(address(space)).status_code == 403


def test_strangers_are_sent_to_the_login(stranger_client: Client, space: EmbeddingSpace) -> None:
    for path in (address(space), f"{address(space)}do/drop-index/"):
        assert stranger_client.get(path).status_code == 302
        assert stranger_client.post(path).status_code == 302


def test_an_unknown_space_is_not_found(curator_client: Client, space: EmbeddingSpace) -> None:
    for path in ("space/9999/", "space/9999/do/rebuild/", f"space/{space.pk}/do/explode/"):
        assert curator_client.get(f"{LIST}{path}").status_code == 404
