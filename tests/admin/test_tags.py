"""The vocabulary in the admin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from gallery.models import Tag, TagScoring, TagState
from tests.builders import make_image, make_space, make_tag, make_user, tag_image, unit_vector

pytestmark = pytest.mark.django_db

LIST = "/admin/gallery/tag/"
VALUES = {"name": "dog", "name_zh": "狗", "kind": "subject", "is_suggested": "on"}


@pytest.fixture
def dog(db: None) -> Tag:
    return make_tag("dog", name_zh="狗", group="animals")


def row(client: Client, name: str) -> Tag:
    [tag] = client.get(LIST, {"q": name}).context["cl"].result_list
    return tag  # type: ignore[no-any-return]


def error_of(client: Client, **fields: str) -> str:
    response = client.post(f"{LIST}add/", {**VALUES, **fields})
    assert response.status_code == 200
    return str(response.context["adminform"].form.errors)


def test_the_list_counts_pictures_and_suggestions(
    curator_client: Client, owner: User, dog: Tag
) -> None:
    for state in (TagState.APPROVED, TagState.APPROVED, TagState.SUGGESTED, TagState.REJECTED):
        tag_image(make_image(owner), dog, state=state)
    page = curator_client.get(LIST).content.decode()
    assert '<td class="field-pictures">2</td>' in page
    assert '<td class="field-open_suggestions">1</td>' in page


def test_the_list_shows_both_thresholds(curator_client: Client, dog: Tag) -> None:
    TagScoring.objects.create(
        tag=dog, space=make_space(), prompts="x", vector=unit_vector(1), median=0.1, spread=0.05,
        threshold=0.2104,
    )  # fmt: skip
    Tag.objects.update(threshold=0.3)
    page = curator_client.get(LIST).content.decode()
    assert '<td class="field-measured_threshold">0.210</td>' in page
    assert '<td class="field-own_threshold">0.300</td>' in page


@pytest.mark.parametrize("text", ["dog", "狗", "animals"])
def test_tags_are_found_by_their_names(curator_client: Client, dog: Tag, text: str) -> None:
    make_tag("teapot")
    assert row(curator_client, text) == dog


def test_a_tag_is_added_with_its_templates(curator_client: Client) -> None:
    templates = "a dog like {}, \r\n\r\n {} runs"
    curator_client.post(f"{LIST}add/", {**VALUES, "templates": templates, "colour": "#AABBCC"})
    tag = Tag.objects.get()
    assert tag.templates == ["a dog like {},", "{} runs"]
    assert (tag.name_zh, tag.colour, tag.created_by) == ("狗", "#aabbcc", User.objects.get())


def test_tags_of_staff_are_offered_to_everybody(curator_client: Client) -> None:
    form = curator_client.get(f"{LIST}add/").context["adminform"].form
    assert form["is_official"].value()
    curator_client.post(f"{LIST}add/", {**VALUES, "is_official": "on"})
    assert Tag.objects.get().is_official


def test_only_so_many_tags_are_suggested(
    curator_client: Client, monkeypatch: pytest.MonkeyPatch, dog: Tag
) -> None:
    monkeypatch.setattr(Tag, "MAX_SUGGESTED", 1)
    assert "At most 1 tags can be suggested" in error_of(curator_client, name="cat", name_zh="")
    page = curator_client.post(f"{LIST}load/demo/", follow=True).content.decode()
    assert "At most 1 tags can be suggested for pictures." in page
    assert Tag.objects.get() == dog


def test_saving_a_tag_keeps_its_templates(curator_client: Client, dog: Tag) -> None:
    Tag.objects.update(templates=["a {}", "the {}"])
    form = curator_client.get(f"{LIST}{dog.pk}/change/").context["adminform"].form
    curator_client.post(
        f"{LIST}{dog.pk}/change/", {**VALUES, "templates": form["templates"].value()}
    )
    dog.refresh_from_db()
    assert dog.templates == ["a {}", "the {}"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "DOG", "name_zh": ""}, "There is a tag with this name already."),
        ({"name": "hound"}, "There is a tag with this name already."),
        ({"name": "hound", "name_zh": "Dog"}, "There is a tag with this name already."),
        ({"templates": "a photo"}, "Each line needs {}"),
        ({"colour": "red"}, "A colour is #rrggbb."),
        ({"threshold": "2"}, "less than or equal to 1.0"),
        ({"name": "a\u0085b\u0007"}, "A tag may not have control characters or"),
    ],
)
def test_wrong_tags_are_refused(
    curator_client: Client, dog: Tag, fields: dict[str, str], message: str
) -> None:
    assert message in error_of(curator_client, **fields)
    assert Tag.objects.count() == 1


def test_a_ready_made_vocabulary_is_loaded(curator_client: Client) -> None:
    response = curator_client.post(f"{LIST}load/demo/", follow=True)
    assert f"{Tag.objects.count()} tags added." in response.content.decode()
    assert Tag.objects.count() > 100


@pytest.mark.parametrize(("method", "name", "status"), [("get", "demo", 405), ("post", "x", 404)])
def test_a_vocabulary_is_loaded_by_its_button(
    curator_client: Client, method: str, name: str, status: int
) -> None:
    assert getattr(curator_client, method)(f"{LIST}load/{name}/").status_code == status
    assert not Tag.objects.exists()


def test_viewers_of_tags_cannot_change_them(dog: Tag) -> None:
    viewer = make_user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_tag"))
    client = Client()
    client.force_login(viewer)
    assert "Load the vocabulary" not in client.get(LIST).content.decode()
    assert client.post(f"{LIST}load/demo/").status_code == 403
    assert client.post(f"{LIST}{dog.pk}/change/", VALUES).status_code == 403
    assert client.get(f"{LIST}{dog.pk}/change/").status_code == 200


def test_staff_without_permission_see_no_tags(staff_client: Client, dog: Tag) -> None:
    assert staff_client.get(LIST).status_code == 403


def test_deleting_a_tag_takes_it_from_its_pictures(
    curator_client: Client, owner: User, dog: Tag
) -> None:
    image = make_image(owner)
    tag_image(image, dog)
    question = curator_client.get(f"{LIST}{dog.pk}/delete/").content.decode()
    assert "A picture" not in question
    curator_client.post(f"{LIST}{dog.pk}/delete/", {"post": "yes"})
    image.refresh_from_db()
    assert image.tag_names == ""
