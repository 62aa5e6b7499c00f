from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from gallery.management.commands import loaddemo
from gallery.models import Image, Tag, Visibility
from tests import scenes
from tests.builders import make_image, make_user

pytestmark = pytest.mark.django_db(transaction=True)

DOG = {
    "file": "dog.webp",
    "title_en": "Dog on a beach",
    "title_zh": "海边的狗",
    "caption_en": "A dog runs.",
    "caption_zh": "一只狗在跑。",
}


@pytest.fixture(autouse=True)
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "dog.webp").write_bytes(scenes.photo("WEBP"))
    (tmp_path / "captions.json").write_text(json.dumps([DOG]))
    monkeypatch.setattr(loaddemo, "FOLDER", tmp_path)
    return tmp_path


def load(*options: str) -> str:
    out = StringIO()
    call_command("loaddemo", *options, stdout=out)
    return out.getvalue()


def test_demo_pictures_are_public_and_bilingual() -> None:
    admin = make_user("admin")
    assert load() == (
        "1 of 1 demo pictures added.\n"
        "They are being processed, and found as soon as that is done.\n"
    )
    image = Image.objects.get()
    assert (image.owner, image.visibility) == (admin, Visibility.PUBLIC)
    assert image.title == "Dog on a beach · 海边的狗"
    assert image.caption == "A dog runs.\n一只狗在跑。"


def test_without_an_admin_they_have_no_owner() -> None:
    load()
    assert Image.objects.get().owner is None


def test_a_hidden_demo_picture_stays_as_it_is() -> None:
    load()
    Image.objects.update(visibility=Visibility.MEMBERS)
    assert load("--again") == "0 of 1 demo pictures added.\n"
    assert Image.objects.get().visibility == Visibility.MEMBERS


def test_a_gallery_with_pictures_needs_again() -> None:
    make_image()
    assert load().count("\n") == 1
    assert Image.objects.count() == 1
    load("--again")
    assert Image.objects.count() == 2


def test_loading_again_adds_no_duplicates() -> None:
    load()
    assert load("--again") == "0 of 1 demo pictures added.\n"
    assert Image.objects.count() == 1


def test_a_missing_folder_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(loaddemo, "FOLDER", tmp_path / "missing")
    with pytest.raises(CommandError, match="demo pictures are missing"):
        load()


def test_an_interrupted_load_continues(demo: Path) -> None:
    load()
    second = {**DOG, "file": "red.webp", "title_en": "Red"}
    (demo / "red.webp").write_bytes(scenes.photo("WEBP", size=(40, 30)))
    (demo / "captions.json").write_text(json.dumps([DOG, second]))
    assert load("--once", str(demo / "done")).startswith("1 of 2 demo pictures added.\n")


def test_deleted_pictures_are_not_loaded_again(demo: Path) -> None:
    load("--once", str(demo / "done"))
    Image.objects.all().delete()
    assert load("--once", str(demo / "done")) == ""
    assert not Image.objects.exists()


def test_a_used_gallery_stays_without_demo_pictures(demo: Path) -> None:
    own = make_image()
    load("--once", str(demo / "done"))
    own.delete()
    load("--once", str(demo / "done"))
    assert not Image.objects.exists()


def test_tags_are_suggested_for_demo_pictures() -> None:
    load()
    assert Tag.objects.suggested().named("dog").exists()
