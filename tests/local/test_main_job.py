"""The main job, over HTTP: upload pictures and find them by meaning, even after failures."""

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
from tests.local.services import eventually
from tests.local.site import Site, new_site
from tools.demo.cast import CAST
from tools.scenes.backdrops import Backdrop
from tools.scenes.compose import render
from tools.scenes.english import with_article
from tools.scenes.everyday_names import EVERYDAY
from tools.scenes.layout import any_backdrop, arrange
from tools.scenes.sprites import Sprite, load_sprites

pytestmark = pytest.mark.slow

PICTURES = 20
# Seconds until the first pictures, or one more picture, can be searched.
COLD, WARM = 60, 3
IN_FLIGHT = 50

Uploads = dict[str, tuple[str, Image.Image]]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with new_site(SEARCHSITE_DEMO="1", GALLERY_ENCODER="builtin") as site:
        assert eventually(lambda: (site.var / "demo-loaded").exists(), 180)
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
    """Id → name and picture, of everyday things that the demo gallery does not contain."""
    sprites = load_sprites()
    rng = random.Random("main job")
    shown = {member.drawn for member in CAST.values()} | {member.en for member in CAST.values()}
    others = [s for s in sprites if s.thing.en in EVERYDAY and not _resembles(s, shown)]
    uploads: Uploads = {}
    began = monotonic()
    for sprite in rng.sample(others, PICTURES):
        scene = arrange(rng, [sprites.index(sprite)], "single", any_backdrop(rng))
        picture = render(scene, sprites, 600)
        response = upload(api, jpeg(picture))
        assert response.status_code == 201
        uploads[response.json()["id"]] = (sprite.thing.en, picture)
    assert eventually(lambda: not _waiting(api), COLD)
    assert monotonic() - began < COLD
    return uploads


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


def _is(api: httpx2.Client, image: str, expected: str) -> bool:
    return status(api, image) == expected


def test_information_is_in_logs_not_on_console(site: Site, uploaded: Uploads) -> None:
    assert " INFO " in (site.var / "log" / "embed.log").read_text()
    assert " INFO " not in site.output()


def test_uploads_are_found_by_their_subject(api: httpx2.Client, uploaded: Uploads) -> None:
    correct = {
        name: first(api.get("/search/", params={"q": with_article(name)})) == image
        for image, (name, _) in uploaded.items()
    }
    assert sum(correct.values()) >= 12, correct


def test_a_smaller_copy_finds_its_original(api: httpx2.Client, uploaded: Uploads) -> None:
    for image, (name, picture) in uploaded.items():
        copy = picture.resize((picture.width // 2, picture.height // 2))
        files = {"images": ("copy.jpg", jpeg(copy, quality=70))}
        assert first(api.post("/search/", files=files)) == image, name


@pytest.mark.parametrize("query", ["a cat", "猫"])
def test_a_cat_query_finds_demo_cats(api: httpx2.Client, query: str) -> None:
    results = api.get("/search/", params={"q": query, "limit": 40}).json()["results"]
    # Pictures uploaded by other tests have no title.
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
def test_a_bad_file_gets_a_reason(api: httpx2.Client, site: Site, name: str, data: bytes) -> None:
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
