from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import IndexBuild
from tests.builders import make_embedding, make_image, make_space, unit_vector

SPACES = "/admin/gallery/embeddingspace/"
BUILDS = "/admin/gallery/indexbuild/"


def test_a_space_says_how_far_it_has_come(curator_client: Client, owner: User) -> None:
    space = make_space(reason="first choice")
    images = [make_image(owner) for _ in range(3)]
    for image in images[:2]:
        make_embedding(image, space, unit_vector(1))
    page = curator_client.get(SPACES).content.decode()
    for words in ("builtin", space.fingerprint, "first choice", "2 / 3"):
        assert words in page


def test_a_space_has_a_page_of_its_own(curator_client: Client) -> None:
    space = make_space()
    assert "0 / 0" in curator_client.get(f"{SPACES}{space.pk}/change/").content.decode()


def test_an_index_says_how_it_is_asked(curator_client: Client) -> None:
    IndexBuild.objects.create(space=make_space(), name="vectors_1", lists=141, probes=12, rows=20)
    page = curator_client.get(BUILDS).content.decode()
    for words in ("vectors_1", "141", "12", "builtin"):
        assert words in page


@pytest.mark.parametrize("section", [SPACES, BUILDS])
def test_nothing_here_is_changed_by_hand(curator_client: Client, section: str) -> None:
    space = make_space()
    build = IndexBuild.objects.create(space=space, name="x", lists=1, probes=1, rows=1)
    key = space.pk if section == SPACES else build.pk
    assert curator_client.get(f"{section}add/").status_code == 403
    for page in ("change", "delete"):
        assert curator_client.post(f"{section}{key}/{page}/", {"post": "yes"}).status_code == 403
