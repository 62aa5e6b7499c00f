"""People who may not see a hidden picture try every address of the site, with its keys."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from gallery.changeover.choose import choose
from gallery.curation.moderation.decide import decide
from gallery.embeddings import encode
from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.map import update as update_map
from gallery.media import storage
from gallery.models import (
    Image,
    ImageQuerySet,
    MapPoint,
    Moderation,
    ModerationAction,
    State,
    TagState,
    Visibility,
)
from tests.abuse.moderated_routes import Address, Keys, addresses
from tests.builders import (
    by_token,
    make_embedding,
    make_image,
    make_tag,
    make_token,
    make_user,
    tag_image,
)
from tests.scenes import photo

pytestmark = pytest.mark.django_db

WORD = "zanzibar"
# Routes that answer another status for a hidden picture than for none, and why they may.
EXCEPTIONS = {
    "admin:view_on_site": "Django redirects staff to the page of any row that exists, a 404 then.",
}


@dataclass(frozen=True)
class Scene:
    """``secrets`` may be in no answer."""

    image: Image
    keys: Keys
    secrets: list[bytes]


@pytest.fixture
def scene(owner: User) -> Scene:
    """A picture that is the best hit of all searches, and another one beside it."""
    space = choose("builtin")
    data = photo("JPEG", size=(90, 64), comment=b"canary-bytes-7f3a")
    fields: dict[str, Any] = {
        "title": f"{WORD} title",
        "caption": f"{WORD} canarycaption",
        "metadata": {"note": "canarymeta"},
    }
    name = f"{WORD}_canaryfile.jpg"
    image = accept([data], owner=owner, file_name=name, **fields).image
    derive(image.pk)
    Image.objects.filter(pk=image.pk).update(state=State.READY, camera="canarycam")
    other = make_image(title="boats", visibility=Visibility.PUBLIC)
    vector = encode.text_vector(space, WORD)
    for each in (image, other):
        make_embedding(each, space, vector)
    tag = make_tag("lighthouse", is_suggested=False)
    tag_image(image, tag)
    tag_image(other, tag, state=TagState.SUGGESTED, score=0.3)
    update_map.run(seconds=120)
    cluster = MapPoint.objects.get(image=other).cluster_id
    image.refresh_from_db()
    previews = [storage.preview_path(image.pk, size).read_bytes() for size in ("small", "large")]
    content_type = ContentType.objects.get_for_model(Image)
    values = {"other": str(other.pk), "tag": str(tag.pk), "space": str(space.pk),
              "sha256": image.sha256, "content_type": str(content_type.pk),
              "cluster": str(cluster)}  # fmt: skip
    secrets = [
        f"{WORD} title".encode(), b"canaryfile", b"canarycaption", b"canarymeta", b"canarycam",
        b"canary-bytes-7f3a", image.sha256.encode(), image.pk.bytes,
        *(preview[:64] for preview in previews),
    ]  # fmt: skip
    return Scene(image, Keys(str(image.pk), values), secrets)


def hide(image: Image, state: Moderation) -> None:
    actions = {
        Moderation.HIDDEN: ModerationAction.REJECT,
        Moderation.BLOCKED: ModerationAction.BLOCK,
    }
    assert decide([image.pk], actions[state], user=make_user("moderator")) == [image.pk]


def client_of(person: str, owner: User, stranger: User) -> Client:
    if person == "token":
        return Client(headers=by_token(make_token(stranger, "write")))
    client = Client()
    if person == "staff":
        staff = make_user("staff", is_staff=True)
        rights = Permission.objects.filter(content_type__app_label__in=["gallery", "auth", "knox"])
        staff.user_permissions.set(rights.exclude(codename="moderate_images"))
        client.force_login(staff)
    elif person != "anonymous":
        client.force_login({"owner": owner, "stranger": stranger}[person])
    return client


def answer(client: Client, address: Address, keys: Keys) -> tuple[int, bytes]:
    """Status and everything else that is sent."""
    path, body = keys.fill(address.path), address.body
    if body is None:
        response: Any = client.get(path)
    else:
        fields = keys.filled(body)
        is_json = address.route.startswith("api-")
        content_type = "application/json" if is_json else MULTIPART_CONTENT
        response = getattr(client, address.method)(path, fields, content_type)
    data = b"".join(response) if response.streaming else response.content
    return response.status_code, response.serialize_headers() + b"\n" + data


def leaks(client: Client, scene: Scene) -> Iterator[str]:
    for address in addresses():
        # What Django says about the address before is shown on the next page.
        client.cookies.pop("messages", None)
        status, sent = answer(client, address, scene.keys)
        path = scene.keys.fill(address.path).encode()
        shown = [secret for secret in scene.secrets if secret in sent and secret not in path]
        mentions = _mentions(sent, scene.image.pk)
        if "{image}" in f"{address.path} {address.body}":
            # The answer may repeat the key, as it repeats that of no picture.
            missing = uuid.uuid4()
            nothing = answer(client, address, replace(scene.keys, image=str(missing)))
            mentions -= _mentions(nothing[1], missing)
            if nothing[0] != status and address.route not in EXCEPTIONS:
                shown.append(b"status %d, not %d" % (status, nothing[0]))
        if shown or mentions > 0:
            request = f"{address.route} {address.path} {address.method} {address.body}"
            yield f"{request}: {shown}, {mentions} keys"


def _mentions(sent: bytes, key: uuid.UUID) -> int:
    return sent.count(str(key).encode()) + sent.count(key.hex.encode())


@pytest.mark.parametrize("person", ["anonymous", "stranger", "staff", "token"])
def test_no_address_shows_a_hidden_picture(
    scene: Scene, owner: User, stranger: User, person: str
) -> None:
    hide(scene.image, Moderation.HIDDEN)
    assert list(leaks(client_of(person, owner, stranger), scene)) == []
    scene.image.refresh_from_db()
    assert (scene.image.title, scene.image.visibility) == (f"{WORD} title", Visibility.PUBLIC)


def test_no_address_shows_the_owner_a_blocked_picture(
    scene: Scene, owner: User, stranger: User
) -> None:
    hide(scene.image, Moderation.BLOCKED)
    assert list(leaks(client_of("owner", owner, stranger), scene)) == []


def test_without_the_condition_addresses_show_it(
    scene: Scene, owner: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(scene.image, Moderation.HIDDEN)
    monkeypatch.setattr(ImageQuerySet, "visible_to", lambda images, user: images.all())
    found = {leak.split()[0] for leak in leaks(client_of("stranger", owner, stranger), scene)}
    assert {
        "gallery", "tiles", "picture", "preview", "original", "search", "search-filters",
        "statistics", "api-images", "api-image", "api-similar", "api-search", "api-image-tags",
        "api-statistics", "upload-status", "map-points", "map-pictures", "api-map",
        "api-map-points",
    } <= found  # fmt: skip
