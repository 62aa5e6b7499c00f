"""The section "Tags" on the page of a picture, without scripts and by htmx."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.curation.tags import limits, offered
from gallery.models import Image, ImageTag, Tag, TagScoring, TagSource, TagState
from tests.builders import (
    make_embedded,
    make_embedding,
    make_image,
    make_space,
    make_tag,
    tag_image,
    unit_vector,
)

pytestmark = pytest.mark.django_db

CHINESE = {"Accept-Language": "zh-Hans"}


@pytest.fixture
def image(owner: User) -> Image:
    return make_image(owner)


@pytest.fixture
def dog(db: None) -> Tag:
    return make_tag("dog", name_zh="狗", colour="#112233")


def suggest(image: Image, tag: Tag, score: float = 0.3) -> ImageTag:
    state, source = TagState.SUGGESTED, TagSource.ZERO_SHOT
    return tag_image(image, tag, state=state, source=source, score=score)


def shown(client: Client, image: Image, **headers: str) -> str:
    return client.get(image.get_absolute_url(), headers=headers).content.decode()


def decide(client: Client, image: Image, htmx: bool = False, **fields: object) -> str:
    """The page or the section that answers."""
    headers = {"HX-Request": "true"} if htmx else {}
    response = client.post(f"{image.get_absolute_url()}tags/", fields, headers=headers, follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def states(image: Image) -> dict[str, str]:
    rows = ImageTag.objects.filter(image=image).select_related("tag")
    return {row.tag.name: row.state for row in rows}


def test_tags_are_links_to_searches(client: Client, image: Image, dog: Tag) -> None:
    tag_image(image, dog)
    page = shown(client, image)
    assert '<a href="/search/?q=tag%3Adog">' in page
    assert 'fill="#112233"' in page


def test_chinese_pages_show_the_chinese_name(client: Client, image: Image, dog: Tag) -> None:
    tag_image(image, dog)
    page = client.get(image.get_absolute_url(), headers=CHINESE).content.decode()
    assert '<a href="/search/?q=tag%3A%E7%8B%97">' in page
    assert "狗</a>" in page


def test_others_see_tags_without_suggestions(
    stranger_client: Client, image: Image, dog: Tag
) -> None:
    tag_image(image, dog)
    suggest(image, make_tag("teapot"))
    page = shown(stranger_client, image)
    assert "dog</a>" in page
    assert "teapot" not in page
    assert 'name="reject"' not in page


def test_others_see_no_empty_section(stranger_client: Client, image: Image) -> None:
    assert 'id="tags"' not in shown(stranger_client, image)


@pytest.mark.parametrize("fields", [{"name": "new"}, {"approve": 1}])
def test_others_cannot_change_tags(
    client: Client, stranger_client: Client, image: Image, fields: dict[str, object]
) -> None:
    for person in (client, stranger_client):
        assert person.post(f"{image.get_absolute_url()}tags/", fields).status_code == 404
    assert not Tag.objects.exists()


@pytest.mark.parametrize("htmx", [False, True])
def test_a_suggestion_is_added(owner_client: Client, image: Image, dog: Tag, htmx: bool) -> None:
    suggest(image, dog)
    answer = decide(owner_client, image, htmx, approve=dog.pk)
    assert states(image) == {"dog": "approved"}
    assert "The picture has the tag “dog” now." in answer
    assert ("<html" in answer) is not htmx


def test_a_suggestion_is_rejected_and_undone(owner_client: Client, image: Image, dog: Tag) -> None:
    suggest(image, dog)
    answer = decide(owner_client, image, reject=dog.pk)
    assert states(image) == {"dog": "rejected"}
    assert f'name="withdraw" value="{dog.pk}">Undo' in answer
    decide(owner_client, image, withdraw=dog.pk)
    assert states(image) == {"dog": "suggested"}


def test_a_removed_tag_comes_back_by_undo(owner_client: Client, image: Image, dog: Tag) -> None:
    tag_image(image, dog)
    answer = decide(owner_client, image, reject=dog.pk)
    assert "The tag “dog” is removed." in answer
    assert f'name="approve" value="{dog.pk}">Undo' in answer
    decide(owner_client, image, approve=dog.pk)
    assert states(image) == {"dog": "approved"}


def test_a_new_tag_is_added_and_undone(owner_client: Client, image: Image) -> None:
    decide(owner_client, image, name="  red   boat ")
    assert states(image) == {"red boat": "approved"}
    assert not Tag.objects.get().is_suggested
    decide(owner_client, image, withdraw=Tag.objects.get().pk)
    assert states(image) == {}


def test_a_known_tag_is_added_by_its_chinese_name(
    owner_client: Client, image: Image, dog: Tag
) -> None:
    decide(owner_client, image, name="狗")
    assert states(image) == {"dog": "approved"}


@pytest.mark.parametrize("name", ["cat, dog", "猫，狗", "猫、狗"])
def test_several_names_are_not_one_tag(owner_client: Client, image: Image, name: str) -> None:
    response = owner_client.post(f"{image.get_absolute_url()}tags/", {"name": name})
    assert response.status_code == 400
    assert "Add one tag at a time, without commas." in response.content.decode()
    make_tag(name)  # from a file
    decide(owner_client, image, name=name)
    assert list(states(image)) == [name]


@pytest.mark.parametrize("htmx", [False, True])
def test_a_wrong_name_is_shown_with_its_error(
    owner_client: Client, image: Image, htmx: bool
) -> None:
    headers = {"HX-Request": "true"} if htmx else {}
    fields = {"name": "x" * 61}
    response = owner_client.post(f"{image.get_absolute_url()}tags/", fields, headers=headers)
    page = response.content.decode()
    assert response.status_code == 400
    assert "A tag may have at most 60 characters." in page
    assert f'value="{"x" * 61}"' in page


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"approve": "x"}, 400),
        ({"approve": "9" * 30}, 400),
        ({"approve": "1", "reject": "1"}, 400),
        ({"approve": "999999"}, 404),
    ],
)
def test_wrong_decisions_are_refused(
    owner_client: Client, image: Image, fields: dict[str, str], status: int
) -> None:
    response = owner_client.post(f"{image.get_absolute_url()}tags/", fields)
    assert response.status_code == status


def test_names_of_other_people_are_not_offered(
    owner_client: Client, stranger: User, owner: User, image: Image, dog: Tag
) -> None:
    make_tag("Ann's surprise", created_by=stranger, is_suggested=False)
    make_tag("my boat", created_by=owner, is_suggested=False)
    page = shown(owner_client, image)
    assert '<option value="dog">狗</option>' in page
    assert '<option value="my boat">' in page
    assert "surprise" not in page


def test_names_on_visible_pictures_of_others_are_offered(
    owner_client: Client, stranger: User, image: Image
) -> None:
    for name, visibility in (("carnival", "public"), ("diagnosis", "private")):
        tag = make_tag(name, created_by=stranger, is_suggested=False)
        tag_image(make_image(stranger, visibility=visibility), tag)
    # The account of whoever added the name was deleted.
    tag_image(make_image(stranger, visibility="private"), make_tag("loan", is_suggested=False))
    page = shown(owner_client, image)
    assert '<option value="carnival">' in page
    assert "diagnosis" not in page
    assert "loan" not in page


def test_suggestions_say_how_well_they_fit(owner_client: Client, image: Image, dog: Tag) -> None:
    space, boat = make_space(), make_tag("boat")
    measured = {"space": space, "prompts": "x", "median": 0.1, "spread": 0.05, "threshold": 0.2}
    for tag, score in ((dog, 0.21), (boat, 0.35)):
        TagScoring.objects.create(tag=tag, vector=unit_vector(tag.pk), **measured)
        suggest(image, tag, score)
    page = shown(owner_client, image)
    assert page.index("strong match") < page.index("possible match")


def test_the_reason_names_similarity_and_pictures(
    owner_client: Client, owner: User, image: Image, dog: Tag
) -> None:
    space = make_space()
    make_embedding(image, space, unit_vector(1))
    [tagged] = make_embedded(space, [unit_vector(2)], width=30, height=20)
    [hidden] = make_embedded(space, [unit_vector(3)], visibility="private")
    for other in (tagged, hidden):
        tag_image(other, dog)
    TagScoring.objects.create(
        tag=dog, space=space, prompts="x", vector=unit_vector(4), median=0.1, spread=0.05,
        threshold=0.2,
    )  # fmt: skip
    suggest(image, dog, 0.31)
    page = owner_client.get(f"{image.get_absolute_url()}tags/{dog.pk}/why/").content.decode()
    assert "with a similarity of 0.31. This tag is suggested from 0.20." in page
    assert tagged.get_absolute_url() in page
    assert hidden.get_absolute_url() not in page


def test_strangers_get_no_reason(stranger_client: Client, image: Image, dog: Tag) -> None:
    suggest(image, dog)
    address = f"{image.get_absolute_url()}tags/{dog.pk}/why/"
    assert stranger_client.get(address).status_code == 404


@pytest.mark.parametrize("action", ["approve", "reject", "withdraw"])
def test_tags_of_hidden_pictures_cannot_be_decided(
    stranger_client: Client, owner: User, stranger: User, action: str
) -> None:
    secret = make_tag("secret Anna", is_suggested=False, created_by=owner)
    tag_image(make_image(owner, visibility="private"), secret)
    address = f"{make_image(stranger).get_absolute_url()}tags/"
    response = stranger_client.post(address, {action: secret.pk})
    assert response.status_code == 404
    assert "secret Anna" not in response.content.decode()


def test_the_most_used_names_are_offered(owner_client: Client, owner: User, image: Image) -> None:
    Tag.objects.bulk_create(Tag(name=f"tag {number:03}") for number in range(300))
    used = Tag.objects.get(name="tag 299")
    tag_image(make_image(owner), used)
    offered.forget_most_used()
    page = shown(owner_client, image)
    assert page.count('<option value="tag ') == 200
    assert '<option value="tag 299">' in page


@pytest.mark.parametrize(
    ("typed", "names"),
    [("SUN", ["sun", "sunset", "the sun"]), ("日", ["sunset"]), ("moon", []), ("", ["boat"])],
)
def test_names_are_searched_while_typing(
    owner_client: Client, stranger: User, typed: str, names: list[str]
) -> None:
    for name, chinese in (("the sun", ""), ("sunset", "日落"), ("sun", ""), ("boat", "")):
        make_tag(name, name_zh=chinese)
    make_tag("sunny secret", is_suggested=False, created_by=stranger)
    page = owner_client.get("/tags/names/", {"name": typed}).content.decode()
    shown_names = re.findall('<option value="([^"]+)">', page)
    assert shown_names[: len(names)] == names
    assert "secret" not in page


def test_wrong_searches_of_names_are_refused(client: Client, owner_client: Client) -> None:
    assert owner_client.get("/tags/names/", {"name": "x" * 61}).status_code == 400
    assert client.get("/tags/names/", {"name": "x"}).status_code == 302


def test_a_full_picture_says_so(
    owner_client: Client, image: Image, dog: Tag, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_PER_IMAGE", 1)
    tag_image(image, make_tag("cat"))
    for fields in ({"name": "dog"}, {"approve": dog.pk}):
        response = owner_client.post(f"{image.get_absolute_url()}tags/", fields)
        assert response.status_code == 409
        assert "A picture may have at most 200 tags." in response.content.decode()
    assert states(image) == {"cat": "approved"}


def test_refused_names_are_not_added(
    owner_client: Client, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(owner_client, image, name="new", undo=1)
    assert not Tag.objects.exists()
    monkeypatch.setattr(limits, "MOST_PER_IMAGE", 0)
    owner_client.post(f"{image.get_absolute_url()}tags/", {"name": "new"})
    assert not Tag.objects.exists()


def test_decisions_of_others_are_not_undone(
    owner_client: Client, curator_client: Client, image: Image, dog: Tag
) -> None:
    tag_image(image, dog)
    decide(owner_client, image, reject=dog.pk)
    decide(curator_client, image, reject=dog.pk)
    answer = decide(owner_client, image, approve=dog.pk, undo=1)
    assert "Someone else has decided since." in answer
    assert states(image) == {"dog": "rejected"}


def test_nothing_cannot_be_withdrawn(owner_client: Client, image: Image, dog: Tag) -> None:
    address = f"{image.get_absolute_url()}tags/"
    assert owner_client.post(address, {"withdraw": dog.pk}).status_code == 404


def test_names_from_right_to_left_are_isolated(client: Client, image: Image) -> None:
    tag_image(image, make_tag("ים"))
    assert "<bdi>ים</bdi></a>" in shown(client, image)
