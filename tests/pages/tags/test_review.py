"""The page on which a person decides about many suggestions."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.curation.tags import limits
from gallery.models import Image, ImageTag, Tag, TagSource, TagState
from tests.builders import make_image, make_tag, tag_image

pytestmark = pytest.mark.django_db

PAGE = "/review/tags/"


@pytest.fixture
def dog(db: None) -> Tag:
    return make_tag("dog", name_zh="狗")


def suggest(image: Image, tag: Tag, score: float = 0.3) -> None:
    state, source = TagState.SUGGESTED, TagSource.ZERO_SHOT
    tag_image(image, tag, state=state, source=source, score=score)


@pytest.fixture
def dogs(owner: User, dog: Tag) -> list[Image]:
    """Three pictures of the owner, the best suggestion first."""
    images = [make_image(owner, title=f"dog {number}") for number in range(3)]
    for number, image in enumerate(images):
        suggest(image, dog, 0.5 - number / 10)
    return images


def decide(
    client: Client, tag: Tag, images: Sequence[Image], decision: str, status: int = 200
) -> str:
    shown = list(Image.objects.values_list("pk", flat=True))
    keys = [image.pk for image in images]
    fields = {"tag": tag.pk, "image": keys, "shown": shown, "decision": decision}
    response = client.post(PAGE, fields, follow=True)
    assert response.status_code == status
    return str(response.content.decode())


def states(*images: Image) -> list[str]:
    return [ImageTag.objects.get(image=image).state for image in images]


def test_the_best_suggestions_come_first(owner_client: Client, dogs: list[Image]) -> None:
    page = owner_client.get(PAGE).content.decode()
    selected = re.findall(r'name="image" value="(\S+)" checked', page)
    assert selected == [str(image.pk) for image in dogs]
    assert "3 of 3, the best first." in page


def test_none_can_be_selected_without_scripts(
    owner_client: Client, dogs: list[Image], dog: Tag
) -> None:
    page = owner_client.get(PAGE, {"tag": str(dog.pk), "selected": "none"}).content.decode()
    assert page.count('name="image"') == 3
    assert " checked" not in page


def test_a_tag_is_chosen_from_a_list(
    owner_client: Client, owner: User, dogs: list[Image], dog: Tag
) -> None:
    boat, image = make_tag("boat"), make_image(owner)
    suggest(image, boat)
    page = owner_client.get(PAGE).content.decode()
    assert f'<option value="{dog.pk}" selected>dog (3)</option>' in page
    page = owner_client.get(PAGE, {"tag": boat.pk}).content.decode()
    assert f'<option value="{boat.pk}" selected>boat (1)</option>' in page
    assert f'value="{image.pk}" checked' in page


def test_selected_suggestions_are_added(owner_client: Client, dogs: list[Image], dog: Tag) -> None:
    page = decide(owner_client, dog, dogs[:2], "approve")
    assert states(*dogs) == ["approved", "approved", "suggested"]
    assert "2 pictures have the tag “dog” now." in page
    assert "1 of 1, the best first." in page


def test_what_was_taken_out_stays_out(
    owner_client: Client, owner: User, dogs: list[Image], dog: Tag
) -> None:
    page = decide(owner_client, dog, dogs[:1], "approve")
    assert page.count('type="checkbox"') == 2
    assert " checked" not in page
    image = make_image(owner)  # a suggestion that the page did not show
    suggest(image, dog)
    left = "".join(f"&left={each.pk.hex}" for each in dogs[1:])
    page = owner_client.get(f"{PAGE}?tag={dog.pk}{left}").content.decode()
    assert re.findall(r'name="image" value="(\S+)" checked', page) == [str(image.pk)]


def test_an_undo_selects_what_it_returns(owner_client: Client, dogs: list[Image], dog: Tag) -> None:
    page = decide(owner_client, dog, dogs[:1], "approve")
    form = page[page.index('class="decided-form"') :].partition("</form>")[0]
    shown = re.findall(r'name="shown" value="(\S+)"', form)
    fields = {"tag": dog.pk, "image": dogs[0].pk, "shown": shown, "decision": "withdraw"}
    page = owner_client.post(PAGE, fields, follow=True).content.decode()
    assert re.findall(r'name="image" value="(\S+)" checked', page) == [str(dogs[0].pk)]


def test_a_finished_tag_leads_to_the_next(
    owner_client: Client, owner: User, dogs: list[Image], dog: Tag
) -> None:
    boat = make_tag("boat")
    suggest(make_image(owner), boat)
    page = decide(owner_client, dog, dogs, "approve")
    assert f'<option value="{dog.pk}" selected>dog (0)</option>' in page
    assert f'href="?tag={boat.pk}">Next tag: boat (1)</a>' in page


def test_rejections_can_be_undone(owner_client: Client, dogs: list[Image], dog: Tag) -> None:
    page = decide(owner_client, dog, dogs, "reject")
    assert states(*dogs) == ["rejected"] * 3
    assert page.count('<input type="hidden" name="image"') == 3
    assert "All suggestions of “dog” are decided." not in page  # there are no other tags
    assert "Undone." in decide(owner_client, dog, dogs, "withdraw")
    assert states(*dogs) == ["suggested"] * 3


def test_undo_leaves_decisions_of_others(
    owner_client: Client, curator_client: Client, dogs: list[Image], dog: Tag
) -> None:
    decide(owner_client, dog, dogs, "approve")
    page = decide(curator_client, dog, dogs, "withdraw")
    assert "Someone else has decided since." in page
    assert states(*dogs) == ["approved"] * 3


def test_pictures_of_others_are_not_decided(
    owner_client: Client, stranger_client: Client, curator_client: Client, dogs: list[Image],
    dog: Tag,
) -> None:  # fmt: skip
    assert str(dogs[0].pk) not in stranger_client.get(PAGE).content.decode()
    decide(stranger_client, dog, dogs, "approve")
    assert states(*dogs) == ["suggested"] * 3
    decide(curator_client, dog, dogs, "approve")
    assert states(*dogs) == ["approved"] * 3


def test_a_page_has_sixty_pictures(owner_client: Client, owner: User, dog: Tag) -> None:
    for _ in range(61):
        suggest(make_image(owner), dog)
    page = owner_client.get(PAGE).content.decode()
    assert page.count('name="image"') == 60
    assert "60 of 61, the best first." in page


def test_sixty_decisions_can_be_undone(owner_client: Client, owner: User, dog: Tag) -> None:
    images = [make_image(owner) for _ in range(60)]
    for image in images:
        suggest(image, dog)
    page = decide(owner_client, dog, images, "approve")
    undone = re.findall(r'type="hidden" name="image" value="(\w+)"', page)
    assert set(undone) == {image.pk.hex for image in images}
    assert "Undo</button>" in page


def test_without_a_selection_nothing_is_decided(
    owner_client: Client, dogs: list[Image], dog: Tag
) -> None:
    assert "Select at least one picture." in decide(owner_client, dog, [], "approve", 400)
    assert states(*dogs) == ["suggested"] * 3


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"tag": "x", "decision": "approve"}, 400),
        ({"tag": "999999", "decision": "approve"}, 404),
        ({"tag": "TAG", "decision": "delete"}, 400),
        ({"tag": "TAG", "decision": "approve", "image": "x"}, 400),
        ({"tag": "TAG", "decision": "approve", "image": ["a"] * 61}, 400),
    ],
)
def test_wrong_requests_are_refused(
    owner_client: Client, dog: Tag, fields: dict[str, str], status: int
) -> None:
    values = {key: dog.pk if value == "TAG" else value for key, value in fields.items()}
    assert owner_client.post(PAGE, values).status_code == status


def test_visitors_log_in_first(client: Client) -> None:
    assert client.get(PAGE).headers["Location"].startswith("/login/")


def test_the_menu_leads_people_with_suggestions_there(
    client: Client, owner_client: Client, stranger_client: Client, dogs: list[Image]
) -> None:
    assert f'href="{PAGE}"' in owner_client.get("/").content.decode()
    for other in (client, stranger_client):
        assert f'href="{PAGE}"' not in other.get("/").content.decode()


def test_tags_of_hidden_pictures_do_not_exist(
    stranger_client: Client, owner_client: Client, owner: User
) -> None:
    secret = make_tag("secret Anna", is_suggested=False, created_by=owner)
    image = make_image(owner, visibility="private")
    tag_image(image, secret)
    decision = {"tag": secret.pk, "decision": "approve"}
    for response in (
        stranger_client.get(PAGE, {"tag": secret.pk}),
        stranger_client.post(PAGE, decision),
    ):
        assert response.status_code == 404
        assert "secret Anna" not in response.content.decode()
    assert owner_client.get(PAGE, {"tag": secret.pk}).status_code == 200


@pytest.mark.parametrize("shown", [["x"], [str(uuid.UUID(int=n)) for n in range(61)]])
def test_bad_keys_decide_nothing(
    owner_client: Client, dogs: list[Image], dog: Tag, shown: list[str]
) -> None:
    fields = {"tag": dog.pk, "image": dogs[0].pk, "shown": shown, "decision": "approve"}
    assert owner_client.post(PAGE, fields).status_code == 400
    assert states(*dogs) == ["suggested"] * 3


def test_full_pictures_keep_their_suggestions(
    owner_client: Client, dogs: list[Image], dog: Tag, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_PER_IMAGE", 1)
    tag_image(dogs[0], make_tag("boat"))
    page = decide(owner_client, dog, dogs[:2], "approve")
    assert "1 picture has the tag “dog” now." in page
    rows = ImageTag.objects.filter(tag=dog)
    assert [rows.get(image=image).state for image in dogs[:2]] == ["suggested", "approved"]
