"""The review queue of the admin."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.curation.moderation import appeals
from gallery.models import (
    HashListEntry,
    Image,
    ModerationAction,
    ModerationDecision,
    ModerationSource,
    UploadReview,
    Visibility,
)
from gallery.models.moderation import reasons
from gallery.models.moderation.reasons import ModerationReason
from tests.builders import make_image, make_moderator, make_tag, moderate

pytestmark = pytest.mark.django_db

QUEUE = "/admin/gallery/moderationdecision/"


@pytest.fixture
def moderator_client(db: None) -> Client:
    client = Client()
    client.force_login(make_moderator("mo"))
    return client


@pytest.fixture
def held(owner: User) -> Image:
    image = make_image(owner, title="A toy")
    reasons.note([
        ModerationReason(
            image_id=image.pk, source=ModerationSource.RULE, action=ModerationAction.HOLD,
            tag_id=make_tag("weapon").pk, detail="weapon", score=0.31, threshold=0.28,
        ),
    ])  # fmt: skip
    return image


def decide(client: Client, decision: str, *images: uuid.UUID, **fields: Any) -> Any:
    """From a page that shows the pictures as they are."""
    keys = [str(key) for key in images]
    states = Image.objects.values_list("pk", "moderation")
    shown = [f"{key}:{state}" for key, state in states]
    data = {"decision": decision, "image": keys, "shown": shown, **fields}
    return client.post(f"{QUEUE}decide/", data)


def state(image: Image) -> str:
    image.refresh_from_db()
    return image.moderation


def test_the_queue_shows_reasons_and_closed_veils(moderator_client: Client, held: Image) -> None:
    page = moderator_client.get(QUEUE).content.decode()
    assert "Rule “weapon”: similarity 0.310, at least 0.280" in page
    assert '<details class="veil">' in page
    assert f"/files/{held.pk}/medium.webp" in page


@pytest.mark.parametrize(
    ("decision", "after"), [("approve", "visible"), ("reject", "hidden"), ("block", "blocked")]
)
def test_a_moderator_decides(
    moderator_client: Client, held: Image, decision: str, after: str
) -> None:
    decide(moderator_client, f"{decision}:{held.pk}", note="Looked at.")
    assert state(held) == after
    row = ModerationDecision.objects.order_by("pk").last()
    assert row is not None
    assert (row.decided_by, row.before, row.note) == (
        User.objects.get(username="mo"), "held", "Looked at.",
    )  # fmt: skip


def test_many_are_decided_at_once(moderator_client: Client, held: Image, owner: User) -> None:
    other, shown = moderate(make_image(owner), "reject"), make_image(owner)
    page = decide(moderator_client, "block", held.pk, other.pk)
    assert page["Location"] == f"{QUEUE}?queue=held"
    decide(moderator_client, "restore", held.pk, other.pk, shown.pk, queue="blocked")
    page = moderator_client.get(QUEUE).content.decode()
    assert "2 pictures restored: " in page
    assert "1 not changed" in page
    assert [state(image) for image in (held, other, shown)] == ["visible"] * 3


@pytest.mark.parametrize(("decision", "after"), [("reject", "blocked"), ("restore", "blocked")])
def test_an_old_page_does_not_change_a_decision(
    moderator_client: Client, owner: User, decision: str, after: str
) -> None:
    image = moderate(make_image(owner), "reject")
    address = f"{QUEUE}picture/{image.pk}/"
    page = moderator_client.get(address).content.decode()
    (shown,) = re.findall(r'name="shown" value="(\S+)"', page)
    moderate(image, "block")
    fields = {"shown": shown, "from": "picture"}
    decide(moderator_client, decision, image.pk, **fields)
    assert state(image) == after
    assert "1 not changed" in moderator_client.get(address).content.decode()


def test_the_history_says_who_did_what_and_why(moderator_client: Client, held: Image) -> None:
    decide(moderator_client, "reject", held.pk, note="No weapons.")
    decide(moderator_client, "restore", held.pk)
    page = moderator_client.get(f"{QUEUE}picture/{held.pk}/").content.decode()
    parts = ["Restore", "hidden → visible", "Reject", "held for review → hidden", "No weapons.",
        "visible → held for review"]  # fmt: skip
    places = [page.rindex(part) for part in parts]
    assert places == sorted(places)


def test_notes_of_owners_wait_in_their_queue(
    moderator_client: Client, owner: User, held: Image
) -> None:
    moderate(held, "reject")
    appeals.send(held, "It is a toy.")
    assert "It is a toy." in moderator_client.get(QUEUE, {"queue": "appeals"}).content.decode()
    decide(moderator_client, "reject", held.pk, note="Still no.")
    assert "nothing to review" in moderator_client.get(QUEUE, {"queue": "appeals"}).content.decode()


@pytest.mark.parametrize("path", ["", "decide/", "picture/{}/"])
def test_other_staff_get_403(staff_client: Client, held: Image, path: str) -> None:
    staff = User.objects.get(username="staff")
    staff.user_permissions.remove(*staff.user_permissions.filter(codename="moderate_images"))
    address = QUEUE + path.format(held.pk)
    method = staff_client.post if path == "decide/" else staff_client.get
    assert method(address).status_code == 403
    assert state(held) == "held"


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"decision": "hold"}, 400), ({"decision": "approve", "image": "x"}, 400),
     ({"decision": "approve", "shown": "x:held", "image": "{}"}, 400),
     ({"decision": "approve", "note": "x" * 1001, "image": "{}"}, 400), ({}, 400)],
)  # fmt: skip
def test_a_bad_decision_is_400(
    moderator_client: Client, held: Image, fields: dict[str, str], status: int
) -> None:
    filled = {name: value.format(held.pk) for name, value in fields.items()}
    assert moderator_client.post(f"{QUEUE}decide/", filled).status_code == status


def test_the_list_of_pictures_hides_and_blocks(curator_client: Client, owner: User) -> None:
    image = make_image(owner)
    curator_client.post(
        "/admin/gallery/image/", {"action": "reject", "_selected_action": str(image.pk)}
    )
    assert state(image) == "hidden"


def test_an_old_list_does_not_change_a_decision(curator_client: Client, owner: User) -> None:
    image = make_image(owner)
    page = curator_client.get("/admin/gallery/image/").content.decode()
    shown = re.findall(r'name="shown" value="(\S+)"', page)
    moderate(image, "reject")
    moderate(image, "restore")
    moderate(image, "block")
    fields = {"action": "reject", "_selected_action": str(image.pk), "shown": shown}
    page = curator_client.post("/admin/gallery/image/", fields, follow=True).content.decode()
    assert state(image) == "blocked"
    assert "1 not changed" in page


def test_pictures_beyond_the_page_must_be_visible(curator_client: Client, owner: User) -> None:
    visible, blocked = make_image(owner), moderate(make_image(owner), "block")
    keys = [str(visible.pk), str(blocked.pk)]
    curator_client.post("/admin/gallery/image/", {"action": "reject", "_selected_action": keys})
    assert (state(visible), state(blocked)) == ("hidden", "blocked")


def test_a_group_is_set_to_review(curator_client: Client) -> None:
    group = Group.objects.create(name="new people")
    fields = {
        "name": "new people", "upload_review-TOTAL_FORMS": "1", "upload_review-INITIAL_FORMS": "0",
        "upload_review-0-group": str(group.pk), "upload_review-0-holds_uploads": "on",
    }  # fmt: skip
    curator_client.post(f"/admin/auth/group/{group.pk}/change/", fields)
    assert UploadReview.objects.get(group=group).holds_uploads


@pytest.mark.parametrize(
    ("content", "entries", "text"),
    [
        (b"a" * 64, 1, "1 entries added"),
        (b"\xff\xfe", 0, "not a text in UTF-8"),
        (b"a" * 64 + b" \0", 0, "Line 1 is not a hash"),
        (b"nonsense", 0, "Line 1 is not a hash"),
        (b"#\n" * 5001, 0, "bin/manage hashlist import FILE"),
    ],
)
def test_a_list_is_imported(
    curator_client: Client, content: bytes, entries: int, text: str
) -> None:
    file = SimpleUploadedFile("list.txt", content)
    fields = {"file": file, "name": "bad", "action": "block", "radius": "0"}
    page = curator_client.post("/admin/gallery/hashlistentry/import/", fields, follow=True)
    assert text in page.content.decode()
    assert HashListEntry.objects.count() == entries


@pytest.mark.django_db(transaction=True)
def test_a_hash_of_the_form_hides_its_picture(curator_client: Client, owner: User) -> None:
    image = make_image(owner)
    fields = {
        "value": image.sha256.upper(),
        "action": "hide",
        "list_name": "",
        "note": "",
        "radius": "0",
    }
    curator_client.post("/admin/gallery/hashlistentry/add/", fields)
    assert state(image) == "hidden"


def test_a_rule_is_added(curator_client: Client) -> None:
    fields = {"tag": str(make_tag("weapon").pk), "action": "hold", "least_match": "good"}
    response = curator_client.post("/admin/gallery/moderationrule/add/", fields)
    assert response.status_code == 302


def test_the_message_names_what_was_decided(moderator_client: Client, held: Image) -> None:
    decide(moderator_client, f"block:{held.pk}")
    assert "1 picture blocked: “A toy”" in moderator_client.get(QUEUE).content.decode()


def undo(client: Client, page: str) -> str:
    """Press the button of the message on a page."""
    form = page[page.index('<form class="decided"') :].partition("</form>")[0]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(value)
    return str(client.post(f"{QUEUE}decide/", fields, follow=True).content.decode())


@pytest.mark.parametrize(
    ("before", "decision", "after"),
    [("held", "approve", "visible"), ("held", "reject", "hidden"), ("held", "block", "blocked"),
     ("hidden", "restore", "visible"), ("blocked", "restore", "visible"),
     ("blocked", "reject", "hidden")],
)  # fmt: skip
def test_a_decision_is_undone(
    moderator_client: Client, held: Image, before: str, decision: str, after: str
) -> None:
    if before != "held":
        moderate(held, "block" if before == "blocked" else "reject")
    decide(moderator_client, decision, held.pk, queue=before)
    assert state(held) == after
    page = moderator_client.get(QUEUE, {"queue": before}).content.decode()
    page = undo(moderator_client, page)
    assert "Undone." in page
    assert "A toy" in page
    assert state(held) == before
    assert HashListEntry.objects.exists() == (before == "blocked")
    if before == "held":
        assert "Rule “weapon”" in page


@pytest.mark.parametrize("origin", ["queue", "picture"])
def test_a_private_picture_is_restored_and_undone(
    moderator_client: Client, owner: User, origin: str
) -> None:
    image = moderate(make_image(owner, visibility=Visibility.PRIVATE), "reject")
    fields = {"from": "picture"} if origin == "picture" else {"queue": "hidden"}
    answer = decide(moderator_client, "restore", image.pk, **fields)
    assert state(image) == "visible"
    page = moderator_client.get(answer["Location"])
    assert page.status_code == 200
    assert "Undone." in undo(moderator_client, page.content.decode())
    assert state(image) == "hidden"


def test_an_undo_leaves_later_decisions(moderator_client: Client, held: Image) -> None:
    decide(moderator_client, "approve", held.pk)
    page = moderator_client.get(QUEUE).content.decode()
    moderate(held, "reject")
    assert "Something else was decided since." in undo(moderator_client, page)
    assert state(held) == "hidden"


def test_an_undo_opens_the_appeal_again(moderator_client: Client, held: Image) -> None:
    moderate(held, "reject")
    appeals.send(held, "It is a toy.")
    decide(moderator_client, "restore", held.pk, queue="appeals")
    page = moderator_client.get(QUEUE, {"queue": "appeals"}).content.decode()
    assert "It is a toy." in undo(moderator_client, page)
    assert state(held) == "hidden"


def test_rules_offer_chinese_names_of_tags(curator_client: Client, owner: User) -> None:
    make_tag("a, b", created_by=owner, is_suggested=False)
    make_tag("beach", name_zh="海滩")
    header = {"Accept-Language": "zh-hans"}
    address = "/admin/gallery/moderationrule/add/"
    page = curator_client.get(address, headers=header).content.decode()
    assert re.findall(r'<option value="\d+">([^<]+)<', page) == ["海滩", "a, b"]
