"""The main job, over HTTP alone: upload pictures, find them by meaning, whatever happens."""

import io
import os
import random
from collections.abc import Iterator
from functools import partial
from time import monotonic
from typing import Any

import httpx2
import pytest
from PIL import Image

from tests import hostile
from tests.local.neighbourhood import eventually
from tests.local.site import Site, opened
from tools.demo.cast import CAST
from tools.scenes.backdrops import Backdrop
from tools.scenes.compose import render
from tools.scenes.english import with_article
from tools.scenes.everyday_names import EVERYDAY
from tools.scenes.layout import any_backdrop, arrange
from tools.scenes.sprites import Sprite, load_sprites

pytestmark = pytest.mark.slow

PICTURES, COLD, WARM = 20, 60, 3
IN_FLIGHT = 50

Uploads = dict[str, tuple[str, Image.Image]]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with opened(SEARCHSITE_DEMO="1", GALLERY_ENCODER="builtin") as site:
        assert eventually(lambda: (site.var / "demo-loaded").exists(), 60)
        yield site


@pytest.fixture(scope="module")
def api(site: Site) -> Iterator[httpx2.Client]:
    token = site.manage("apitoken", "admin").strip()
    headers = {"Authorization": f"Token {token}"}
    with httpx2.Client(base_url=f"{site.url}/api/v1", headers=headers, timeout=60) as client:
        assert eventually(lambda: not _waiting(client), 120)
        yield client


@pytest.fixture(scope="module")
def uploaded(api: httpx2.Client) -> Uploads:
    """Pictures of everyday things of which the demo gallery has none, by id: name, picture."""
    sprites = load_sprites()
    rng = random.Random("main job")
    shown = {member.drawn for member in CAST.values()} | {member.en for member in CAST.values()}
    others = [s for s in sprites if s.thing.en in EVERYDAY and not _resembles(s, shown)]
    found: Uploads = {}
    began = monotonic()
    for sprite in rng.sample(others, PICTURES):
        scene = arrange(rng, [sprites.index(sprite)], "single", any_backdrop(rng))
        picture = render(scene, sprites, 600)
        response = upload(api, jpeg(picture))
        assert response.status_code == 201
        found[response.json()["id"]] = (sprite.thing.en, picture)
    assert eventually(lambda: not _waiting(api), COLD)
    assert monotonic() - began < COLD
    return found


def _resembles(sprite: Sprite, shown: set[str]) -> bool:
    return bool({sprite.thing.en, *sprite.thing.en_aliases} & shown)


def _waiting(api: httpx2.Client) -> int:
    images = api.get("/status/").json()["images"]
    return int(images["stored"] + images["derived"])


def jpeg(picture: Image.Image, *, quality: int = 90) -> bytes:
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=quality)
    return data.getvalue()


def upload(api: httpx2.Client, data: bytes, name: str = "mine.jpg") -> Any:
    return api.post("/images/", files={"file": (name, data)})


def first(response: httpx2.Response) -> str:
    results = response.json()["results"]
    return str(results[0]["id"]) if results else ""


def status(api: httpx2.Client, image: str) -> str:
    return str(api.get(f"/images/{image}/").json()["status"])


def _is(api: httpx2.Client, image: str, wanted: str) -> bool:
    return status(api, image) == wanted


def test_own_pictures_are_found_by_what_they_show(api: httpx2.Client, uploaded: Uploads) -> None:
    right = {
        name: first(api.get("/search/", params={"q": with_article(name)})) == image
        for image, (name, _) in uploaded.items()
    }
    assert sum(right.values()) >= 12, right


def test_a_smaller_recompressed_copy_finds_its_original(
    api: httpx2.Client, uploaded: Uploads
) -> None:
    for image, (name, picture) in uploaded.items():
        copy = picture.resize((picture.width // 2, picture.height // 2))
        files = {"image": ("copy.jpg", jpeg(copy, quality=70))}
        assert first(api.post("/search/", files=files)) == image, name


@pytest.mark.parametrize("question", ["a cat", "猫"])
def test_a_cat_brings_cats_from_the_demo_gallery(api: httpx2.Client, question: str) -> None:
    results = api.get("/search/", params={"q": question, "limit": 40}).json()["results"]
    # What other tests have uploaded has no title.
    titles = [title for result in results if (title := result["image"]["title"].lower())][:5]
    cats = ["cat" in title or "kitten" in title for title in titles]
    assert cats[0], titles
    assert sum(cats) >= 3, titles


def test_one_picture_is_searchable_within_seconds(api: httpx2.Client, uploaded: Uploads) -> None:
    for number in range(3):
        began = monotonic()
        image = upload(api, jpeg(Image.new("RGB", (3000, 2000), (90, 120 + number, 60)))).json()
        assert eventually(partial(_is, api, image["id"], "ready"), WARM + 5)
        assert monotonic() - began < WARM


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("text.jpg", b"This is no picture."),
        ("truncated.jpg", hostile.truncated_jpeg()),
        ("gigapixel.png", hostile.png_claiming(40_000, 25_000)),
        ("empty.jpg", b""),
    ],
)
def test_a_bad_file_gets_a_reason_and_the_next_one_works(
    api: httpx2.Client, site: Site, name: str, data: bytes
) -> None:
    response = upload(api, data, name)
    if response.status_code == 201:
        image = response.json()["id"]
        assert eventually(partial(_is, api, image, "failed"), 10)
        assert api.get(f"/images/{image}/").json()["error"]["code"] == "corrupt"
        assert api.delete(f"/images/{image}/").status_code == 204
    else:
        assert 400 <= response.status_code < 500
        assert response.json()["detail"]
    colour = (len(data) % 255, len(name) * 9, 40)
    good = upload(api, jpeg(Image.new("RGB", (64, 48), colour), quality=95))
    assert eventually(partial(_is, api, good.json()["id"], "ready"), 10)


def test_killing_the_embed_worker_loses_nothing(api: httpx2.Client, site: Site) -> None:
    sprites, rng = load_sprites(), random.Random("in flight")
    pictures = [
        render(arrange(rng, [thing], "single", Backdrop(colour=1)), sprites, 200)
        for thing in rng.sample(range(len(sprites)), IN_FLIGHT)
    ]
    images = []
    for number, picture in enumerate(pictures):
        images.append(upload(api, jpeg(picture)).json()["id"])
        if number in (20, 40):
            assert eventually(lambda: len(site.children("-Q embed")) == 1)
            os.kill(site.children("-Q embed")[0], 9)
    assert eventually(lambda: not _waiting(api), 120)
    assert {status(api, image) for image in images} == {"ready"}
