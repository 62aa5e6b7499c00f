"""Pictures with captions and previews, and a language model that a test controls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from PIL import Image as Pixels

from gallery.ask.answer import Answer, AskRequest, answer
from gallery.changeover.choose import choose
from gallery.media.storage import preview_path
from gallery.models import Image
from tests.builders import make_image, make_tag, tag_image
from tests.llm.provider import Provider, running

MakeShown = Callable[..., Image]


def ask(question: str, user: Any, **options: Any) -> Answer:
    return answer(AskRequest(question, **options), user)


def day(year: int, month: int = 6) -> datetime:
    return datetime(year, month, 15, tzinfo=UTC)


@pytest.fixture
def make_shown(db: None) -> MakeShown:
    """``make_shown(owner, colour="red", **fields)``: a picture with its previews."""
    choose("builtin")

    def make(owner: Any = None, *, colour: str = "red", **fields: Any) -> Image:
        image = make_image(owner, **fields)
        for size in ("small", "medium"):
            path = preview_path(image.pk, size)
            path.parent.mkdir(parents=True, exist_ok=True)
            Pixels.new("RGB", (300, 200), colour).save(path, "WEBP")
        return image

    return make


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running() as started:
        yield started


@pytest.fixture
def model(provider: Provider, gallery_setting: Any) -> Provider:
    """The site has a language model: a local server with OpenAI's protocol."""
    gallery_setting(llm_provider="openai", llm_model="a-model", llm_url=provider.url, llm_key="")
    return provider


@pytest.fixture
def cats(make_shown: MakeShown, owner: User, stranger: User) -> None:
    """Three pictures with the tag cat, one of them private, and one that only says so."""
    tag = make_tag("cat", name_zh="猫")
    for year, fields in ((2022, {}), (2023, {}), (2023, {"visibility": "private"})):
        image = make_shown(owner, title="", taken_at=day(year), **fields)
        tag_image(image, tag)
    make_shown(stranger, title="", caption="a dog and a cat", taken_at=day(2021))
