"""The page on which a person decides about near-duplicates."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.curation.tags import limits
from gallery.media import storage
from gallery.models import Image, ImageTag, NearDuplicatePair, Visibility
from gallery.pages.near_duplicates.open_pairs import forget_near_duplicates
from tests.builders import (
    make_image,
    make_near_duplicates,
    make_tag,
    make_user,
    moderate,
    tag_image,
)
from tests.pages.conftest import put_files

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/review/near-duplicates/"


@pytest.fixture
def group(owner: User) -> list[Image]:
    """The large picture is the best; the two small ones have nothing to do with each other."""
    sizes = {"large": (600, 400), "small": (60, 40), "tiny": (30, 20)}
    images = [
        make_image(owner, title=title, width=width, height=height)
        for title, (width, height) in sizes.items()
    ]
    for image in images[1:]:
        make_near_duplicates(images[0], image)
    return images


def decide(
    client: Client,
    images: Sequence[Image],
    decision: str,
    *,
    status: int = 200,
    **fields: object,
) -> str:
    data = {"image": [image.pk for image in images], "decision": decision, **fields}
    response = client.post(PAGE, data, follow=True)
    assert response.status_code == status
    return str(response.content.decode())


def remaining() -> set[str]:
    return set(Image.objects.values_list("title", flat=True))


def test_the_best_is_marked_with_the_reason(owner_client: Client, group: list[Image]) -> None:
    page = owner_client.get(PAGE).content.decode()
    selected = re.findall(r'name="best" value="(\S+)" checked', page)
    assert selected == [str(group[0].pk)]
    assert "Suggested: most pixels" in page
    assert "600 × 400" in page
    assert "3 pictures: " in page


@pytest.mark.parametrize(("copies", "text"), [(24, ""), (25, "1 more picture"), (27, "3 more")])
def test_a_large_group_says_what_follows(
    owner_client: Client, owner: User, copies: int, text: str
) -> None:
    best = make_image(owner, width=600)
    for _ in range(copies):
        make_near_duplicates(best, make_image(owner))
    page = owner_client.get(PAGE).content.decode()
    assert page.count('name="best"') == 25
    assert ("At least" in page) == bool(text)
    assert text in page


def test_a_blocked_picture_ends_its_pair(owner_client: Client, owner: User) -> None:
    best, other = make_image(owner, width=600), make_image(owner)
    make_near_duplicates(best, other)
    menu = 'href="/review/near-duplicates/"'
    forget_near_duplicates()
    assert menu in owner_client.get("/").content.decode()
    moderate(other, "block")
    forget_near_duplicates()
    assert "There are no near-duplicates" in owner_client.get(PAGE).content.decode()
    page = owner_client.get(best.get_absolute_url()).content.decode()
    assert "near-duplicate" not in page
    assert owner_client.get("/api/v1/near-duplicates/").json()["results"] == []


def test_nothing_is_deleted_before_the_confirmation(
    owner_client: Client, group: list[Image]
) -> None:
    page = decide(owner_client, group, "keep_best", best=group[0].pk)
    assert "Delete 2 near-duplicates?" in page
    assert "This cannot be undone." in page
    assert len(remaining()) == 3


def test_the_best_is_kept_and_others_deleted(owner_client: Client, group: list[Image]) -> None:
    for image in group:
        put_files(image)
    best = group[1]  # the person may choose another one than suggested
    page = decide(owner_client, group, "keep_best", best=best.pk, confirmed="yes")
    assert "2 pictures deleted." in page
    assert remaining() == {"small"}
    assert not storage.preview_path(group[0].pk, "small").exists()
    assert storage.preview_path(best.pk, "small").exists()


def test_the_kept_picture_gets_tags_and_texts(owner_client: Client, group: list[Image]) -> None:
    best, small, tiny = group
    Image.objects.filter(pk=small.pk).update(caption="At home")
    Image.objects.filter(pk=tiny.pk).update(caption="Secret", visibility=Visibility.PRIVATE)
    tag_image(small, make_tag("cat"))
    tag_image(tiny, make_tag("hidden"))
    decide(owner_client, group, "keep_best", best=best.pk, confirmed="yes", merge="yes")
    best.refresh_from_db()
    assert (best.title, best.caption, best.tag_names) == ("large", "At home", "cat")


def test_a_hidden_picture_gives_nothing_away(owner_client: Client, group: list[Image]) -> None:
    best, small, _tiny = group
    Image.objects.filter(pk=small.pk).update(caption="At home")
    tag_image(small, make_tag("cat"))
    moderate(small, "reject")
    decide(owner_client, group, "keep_best", best=best.pk, confirmed="yes", merge="yes")
    best.refresh_from_db()
    assert (best.caption, best.tag_names) == ("", "")


def test_a_visible_picture_is_the_best(owner_client: Client, group: list[Image]) -> None:
    moderate(group[0], "reject")
    page = owner_client.get(PAGE, {"picture": str(group[1].pk)}).content.decode()
    assert re.findall(r'name="best" value="(\S+)" checked', page) == [str(group[1].pk)]
    assert "Suggested: visible" in page


def test_held_and_hidden_pictures_say_so(owner_client: Client, group: list[Image]) -> None:
    moderate(group[0], "reject")
    page = owner_client.get(PAGE, {"picture": str(group[1].pk)}).content.decode()
    assert page.count("This picture is hidden.") == 1
    moderate(group[1], "reject")
    moderate(group[2], "reject")
    page = owner_client.get(PAGE).content.decode()
    assert page.count("This picture is hidden.") == 1  # the same in all


def test_the_reason_holds_for_all_others(owner_client: Client, owner: User) -> None:
    sizes = {"hidden": 900, "large": 600, "small": 60}
    images = {title: make_image(owner, title=title, width=n) for title, n in sizes.items()}
    make_near_duplicates(images["large"], images["small"])
    make_near_duplicates(images["large"], images["hidden"])
    moderate(images["hidden"], "block")
    moderate(images["large"], "reject")
    moderate(images["small"], "reject")
    superuser = make_user("root", is_superuser=True, is_staff=True)
    owner_client.force_login(superuser)
    page = owner_client.get(PAGE).content.decode()
    assert re.findall(r'name="best" value="(\S+)" checked', page) == [str(images["large"].pk)]
    assert "Suggested: least restricted by moderation" in page


def test_equal_facts_are_shown_once(owner_client: Client, group: list[Image]) -> None:
    page = owner_client.get(PAGE).content.decode()
    assert page.count("<dt>Dimensions</dt>") == 3
    assert page.count("<dt>Format</dt>") == 1


def test_a_large_group_is_closed(owner_client: Client, owner: User, group: list[Image]) -> None:
    assert "<details>" not in owner_client.get(PAGE).content.decode()
    for number in range(3):
        make_near_duplicates(group[0], make_image(owner, title=str(number), width=20 + number))
    page = owner_client.get(PAGE).content.decode()
    assert "Show 2 more" in page
    assert page.count('name="best"') == 6


def test_the_question_shows_what_is_kept(owner_client: Client, group: list[Image]) -> None:
    for image in group:
        put_files(image)
    page = decide(owner_client, group, "keep_best", best=group[0].pk, merge="yes")
    assert all(f"/files/{image.pk}/small.webp" in page for image in group)
    assert "The kept picture gets the tags of the others" in page


def test_tags_are_not_merged_without_the_option(owner_client: Client, group: list[Image]) -> None:
    tag_image(group[1], make_tag("cat"))
    decide(owner_client, group, "keep_best", best=group[0].pk, confirmed="yes")
    assert not ImageTag.objects.exists()


def test_keep_all_can_be_undone(owner_client: Client, group: list[Image]) -> None:
    page = decide(owner_client, group, "keep_all")
    assert "There are no near-duplicates to decide about." in page
    assert NearDuplicatePair.objects.filter(state="kept").count() == 3
    page = decide(owner_client, group, "reopen")
    assert "Undone." in page
    assert page.count('name="best"') == 3
    assert len(remaining()) == 3


def test_the_page_shows_own_pictures_only(
    stranger_client: Client, curator_client: Client, group: list[Image]
) -> None:
    assert str(group[0].pk) not in stranger_client.get(PAGE).content.decode()
    assert str(group[0].pk) in curator_client.get(PAGE).content.decode()


@pytest.mark.parametrize("fields", [{"confirmed": "yes"}, {}], ids=["confirmed", "first"])
@pytest.mark.parametrize("decision", ["keep_best", "keep_all"])
def test_pictures_of_others_are_refused(
    stranger_client: Client, group: list[Image], decision: str, fields: dict[str, str]
) -> None:
    page = decide(stranger_client, group, decision, best=group[0].pk, status=409, **fields)
    assert "These pictures have changed. Look at them again." in page
    assert len(remaining()) == 3
    assert NearDuplicatePair.objects.undecided().count() == 2


def test_other_own_pictures_are_not_deleted(
    owner_client: Client, owner: User, group: list[Image]
) -> None:
    unlike = make_image(owner, title="unlike")
    images = [*group, unlike]
    decide(owner_client, images, "keep_best", best=group[0].pk, confirmed="yes", status=409)
    assert len(remaining()) == 4


def test_pictures_of_two_groups_are_not_deleted(
    owner_client: Client, owner: User, group: list[Image]
) -> None:
    others = [make_image(owner, title="other"), make_image(owner, title="copy")]
    make_near_duplicates(*others)
    images = [*group, *others]
    decide(owner_client, images, "keep_best", best=group[0].pk, confirmed="yes", status=409)
    assert len(remaining()) == 5


def test_a_group_that_was_decided_meanwhile(owner_client: Client, group: list[Image]) -> None:
    decide(owner_client, group, "keep_all")
    decide(owner_client, group, "keep_best", best=group[0].pk, confirmed="yes", status=409)
    assert len(remaining()) == 3


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"decision": "keep_all"},
        {"decision": "keep_all", "image": ["x", "y"]},
        {"decision": "burn", "image": [uuid.uuid4(), uuid.uuid4()]},
        {"decision": "keep_best", "image": [uuid.uuid4(), uuid.uuid4()]},
        {"decision": "keep_best", "image": [uuid.uuid4()] * 2, "best": uuid.uuid4()},
        {"decision": "keep_all", "image": [uuid.uuid4() for _ in range(26)]},
    ],
)
def test_incomplete_decisions_are_refused(owner_client: Client, data: dict[str, object]) -> None:
    assert owner_client.post(PAGE, data).status_code == 400


def test_the_page_needs_a_login(client: Client) -> None:
    response = client.get(PAGE)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login/")


def test_a_picture_links_to_its_group(owner_client: Client, group: list[Image]) -> None:
    page = owner_client.get(group[0].get_absolute_url()).content.decode()
    assert f"{PAGE}?picture={group[0].pk}" in page
    assert "2 near-duplicates" in page
    page = owner_client.get(PAGE, {"picture": str(group[1].pk)}).content.decode()
    assert page.count('name="best"') == 3


def test_others_do_not_see_that_there_are_duplicates(
    stranger_client: Client, group: list[Image]
) -> None:
    page = stranger_client.get(group[0].get_absolute_url()).content.decode()
    assert "near-duplicate" not in page
    assert stranger_client.get(PAGE, {"picture": str(group[0].pk)}).status_code == 404


def test_the_menu_links_to_the_review(
    owner_client: Client, stranger_client: Client, group: list[Image]
) -> None:
    assert f'href="{PAGE}"' in owner_client.get("/upload/").content.decode()
    assert f'href="{PAGE}"' not in stranger_client.get("/upload/").content.decode()


def test_too_many_tags_advise_no_merge(
    owner_client: Client, group: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_PER_IMAGE", 1)
    for image, name in zip(group, ("boat", "harbour", "sea"), strict=True):
        tag_image(image, make_tag(name))
    fields: dict[str, Any] = {"best": group[0].pk, "confirmed": "yes"}
    page = decide(owner_client, group, "keep_best", status=409, merge="yes", **fields)
    assert "Try again without giving the kept picture the tags of the others." in page
    assert len(remaining()) == 3
    decide(owner_client, group, "keep_best", **fields)
    assert remaining() == {"large"}
