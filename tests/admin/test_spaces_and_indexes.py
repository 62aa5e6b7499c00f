from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from gallery.admin.spaces.actions import ACTIONS, SpaceAction
from gallery.embeddings import spaces
from gallery.models import EmbeddingSpace, Image, SpaceBackfill
from tests.builders import (
    make_backfill,
    make_embedding,
    make_image,
    make_index,
    make_space,
    make_user,
    unit_vector,
)

SPACES = "/admin/gallery/embeddingspace/"
BUILDS = "/admin/gallery/indexbuild/"


def test_spaces_are_listed_with_their_coverage(curator_client: Client, owner: User) -> None:
    space = make_space(reason="first choice")
    images = [make_image(owner) for _ in range(3)]
    for image in images[:2]:
        make_embedding(image, space, unit_vector(1))
    page = curator_client.get(SPACES).content.decode()
    for text in ("builtin", space.fingerprint, "first choice", "2 / 3"):
        assert text in page


def test_a_space_has_a_page_of_its_own(curator_client: Client) -> None:
    space = make_space()
    assert "0 / 0" in curator_client.get(f"{SPACES}{space.pk}/change/").content.decode()


def test_a_complete_backfill_says_so(curator_client: Client) -> None:
    space = make_space(active=False)
    make_backfill(space, completed_at=datetime(2026, 5, 4, 12, tzinfo=UTC))
    page = curator_client.get(f"{SPACES}{space.pk}/change/").content.decode()
    for text in ("backfill complete", "May 4, 2026, noon"):
        assert text in page


def test_an_index_is_listed_with_its_parameters(curator_client: Client) -> None:
    make_index(make_space(), name="vectors_1", lists=141, text_effort=12, rows=20)
    page = curator_client.get(BUILDS).content.decode()
    for text in ("vectors_1", "141", "12", "builtin"):
        assert text in page


@pytest.mark.parametrize("section", [SPACES, BUILDS])
def test_nothing_here_is_changed_by_hand(curator_client: Client, section: str) -> None:
    space = make_space()
    build = make_index(space)
    key = space.pk if section == SPACES else build.pk
    assert curator_client.get(f"{section}add/").status_code == 403
    for page in ("change", "delete"):
        assert curator_client.post(f"{section}{key}/{page}/", {"post": "yes"}).status_code == 403


@pytest.fixture
def two_spaces(owner: User) -> dict[str, EmbeddingSpace]:
    """One is active. The other is being backfilled, with two of three pictures."""
    images = [make_image(owner) for _ in range(3)]
    active, other = make_space(encoder="old"), make_space(encoder="new", active=False)
    make_backfill(other)
    for image in images:
        make_embedding(image, active, unit_vector(1))
    for image in images[:2]:
        make_embedding(image, other, unit_vector(2))
    return {"old": active, "new": other}


@pytest.fixture
def any_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spaces, "encoder_of", lambda space: None)


def state(space: EmbeddingSpace) -> str:
    return EmbeddingSpace.objects.get(pk=space.pk).state


def do(client: Client, space: EmbeddingSpace, action: str) -> str:
    """Confirm an action; returns the messages of the next page."""
    address = f"{SPACES}{space.pk}/do/{action}/"
    assert "csrfmiddlewaretoken" in client.get(address).content.decode()
    response = client.post(address, follow=True)
    return " ".join(str(message) for message in response.context["messages"])


def offered(client: Client, space: EmbeddingSpace) -> set[str]:
    page = client.get(f"{SPACES}{space.pk}/change/").content.decode()
    names = {each.name for each in ACTIONS}
    return {name for name in names if f"{SPACES}{space.pk}/do/{name}/" in page}


def test_status_and_progress_are_listed(
    curator_client: Client, two_spaces: dict[str, EmbeddingSpace]
) -> None:
    page = curator_client.get(SPACES).content.decode()
    for text in ("in use", "backfill running", "2 / 3 (66.6 %)", "unknown"):
        assert text in page


def test_buttons_depend_on_the_status(
    curator_client: Client, two_spaces: dict[str, EmbeddingSpace]
) -> None:
    assert offered(curator_client, two_spaces["old"]) == set()
    assert offered(curator_client, two_spaces["new"]) == {"pause", "drop"}
    kept = make_space(encoder="older", active=False)
    assert offered(curator_client, kept) == {"backfill", "drop"}
    EmbeddingSpace.objects.filter(pk=kept.pk).update(activated_at=kept.created_at)
    assert offered(curator_client, kept) == {"backfill", "rollback", "drop"}


def test_a_backfill_is_paused_and_resumed(
    curator_client: Client, two_spaces: dict[str, EmbeddingSpace]
) -> None:
    space = two_spaces["new"]
    assert do(curator_client, space, "pause") == "The backfill is paused."
    assert state(space) == "paused"
    assert do(curator_client, space, "resume") == "The backfill is running again."
    assert state(space) == "backfilling"


def test_a_full_space_is_switched_to_and_back(
    curator_client: Client, two_spaces: dict[str, EmbeddingSpace], any_encoder: None
) -> None:
    old, new = two_spaces["old"], two_spaces["new"]
    EmbeddingSpace.objects.filter(pk=old.pk).update(activated_at=old.created_at)
    for image in Image.objects.exclude(embeddings__space=new):
        make_embedding(image, new, unit_vector(3))
    SpaceBackfill.objects.update(completed_at=new.created_at)
    assert offered(curator_client, new) == {"pause", "switch", "drop"}
    do(curator_client, new, "switch")
    assert (state(old), state(new)) == ("kept", "active")
    do(curator_client, old, "rollback")
    assert (state(old), state(new)) == ("active", "kept")


def test_an_early_switch_is_refused(
    curator_client: Client, two_spaces: dict[str, EmbeddingSpace], any_encoder: None
) -> None:
    new = two_spaces["new"]
    SpaceBackfill.objects.update(completed_at=new.created_at)
    message = do(curator_client, new, "switch")
    assert message == "Pictures that have no vector of new yet: 1."
    assert state(new) == "backfilling"


def test_a_space_is_deleted(curator_client: Client, two_spaces: dict[str, EmbeddingSpace]) -> None:
    assert do(curator_client, two_spaces["new"], "drop") == "The space is being deleted."
    assert state(two_spaces["new"]) == "dropping"


def test_a_kept_space_is_backfilled_again(curator_client: Client, owner: User) -> None:
    kept = make_space(active=False)
    do(curator_client, kept, "backfill")
    assert state(kept) == "backfilling"


@pytest.mark.parametrize("action", ["switch", "resume", "backfill", "rollback"])
def test_an_impossible_action_is_refused(
    curator_client: Client, two_spaces: dict[str, EmbeddingSpace], action: str
) -> None:
    message = do(curator_client, two_spaces["new"], action)
    assert message == "This is not possible in the space's current status."
    assert state(two_spaces["new"]) == "backfilling"


def test_a_confirmation_page_changes_nothing(
    curator_client: Client, two_spaces: dict[str, EmbeddingSpace]
) -> None:
    for action in ACTIONS:
        curator_client.get(f"{SPACES}{two_spaces['new'].pk}/do/{action.name}/")
    assert {name: state(space) for name, space in two_spaces.items()} == {
        "old": "active",
        "new": "backfilling",
    }


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
@pytest.mark.parametrize("permission", ["view", "change", "delete"])
def test_each_button_takes_its_permission(
    two_spaces: dict[str, EmbeddingSpace], action: SpaceAction, permission: str
) -> None:
    user = make_user("staff", is_staff=True)
    granted = Permission.objects.filter(codename=f"{permission}_embeddingspace")
    user.user_permissions.set(granted | Permission.objects.filter(codename="view_embeddingspace"))
    client = Client()
    client.force_login(user)
    space = two_spaces["new"]
    allowed = permission == action.permission
    assert offered(client, space) <= {
        each.name for each in ACTIONS if each.permission == permission
    }
    address = f"{SPACES}{space.pk}/do/{action.name}/"
    for response in (client.get(address), client.post(address)):
        assert (response.status_code != 403) == allowed
    if not allowed:
        assert state(space) == "backfilling"


def test_strangers_are_sent_to_the_login(
    stranger_client: Client, two_spaces: dict[str, EmbeddingSpace]
) -> None:
    response = stranger_client.post(f"{SPACES}{two_spaces['new'].pk}/do/pause/")
    assert response.status_code == 302
    assert state(two_spaces["new"]) == "backfilling"


def test_a_post_without_a_token_is_refused(
    curator: User, two_spaces: dict[str, EmbeddingSpace]
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(curator)
    assert client.post(f"{SPACES}{two_spaces['new'].pk}/do/drop/").status_code == 403
    assert state(two_spaces["new"]) == "backfilling"


@pytest.mark.parametrize("address", ["9999/do/pause/", "1/do/explode/", "x/change/"])
def test_an_unknown_page_is_not_found(curator_client: Client, address: str) -> None:
    assert curator_client.get(f"{SPACES}{address}").status_code in (302, 404)
