"""Texts that nobody types by accident, as a query and in the fields of a picture."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from gallery.models import Image
from gallery.search.lexical import lexical_matches, with_words
from tests.builders import make_image

pytestmark = pytest.mark.django_db

HOSTILE = {
    "operators": "dog & | ! <-> cat:* (:A",
    "quotes": "'dog' '' \"dog\" '=dog' \\' \\\\",
    "comment": "dog'); DROP TABLE gallery_image; --",
    "format": "%s %(x)s {0} {} %1$s",
    "nul": "dog\0cat\0",
    "surrogates": "dog\ud83c \udf82cat",
    "long": "dog cat " * 1250,
    "long word": "a" * 10_000,
    "long number": "1" * 10_000,
    "long Chinese": "黄奶奶" * 3000,
    "punctuation": "!?.,;:-_()[]{}@#$%^&*+=~`|<>/\\'\"",
    "spaces": " \t\r\n\u2028\u00a0\u3000",
    "accents": "\u0301" * 3000,
    "expanding": "\ufdfa" * 300,
    "right to left": "שלום \u202eكلب\u202c dog",
    "control": "\x01\x02\x7f\x80\ufeff\ufffe\U0010ffff",
    "pictograms": "👩‍👩‍👧‍👦🏳️‍🌈" * 200,
    "unknown characters": "\ue000\U000e0041\U0003ffff",
}


# File names are searched too.
SUPERUSER = User(username="root", is_superuser=True)


def search(text: str, **words: Any) -> int:
    images = with_words(Image.objects.all(), user=SUPERUSER, **words)
    return len(lexical_matches(text, within=images, user=SUPERUSER, limit=9))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_text_can_be_searched(text: str) -> None:
    make_image(title="dog cat")
    search(text, phrases=(), excluded=())
    search("dog", phrases=[text], excluded=[])
    search("dog", phrases=[], excluded=[text])


@pytest.mark.parametrize("name", sorted(HOSTILE.keys() - {"nul", "surrogates"}))
def test_any_text_can_be_stored(name: str) -> None:
    text = HOSTILE[name]
    image = make_image(title=text[:200], caption=text, file_name=text[:255], metadata={"a": text})
    Image.objects.filter(pk=image.pk).update(caption=text + "b")
    assert search(text[:200], phrases=(), excluded=()) == bool(text.strip())


@pytest.mark.parametrize(
    "fields",
    [
        {"caption": "黄" * 1_000_000},
        {"metadata": {"all": [f"word{number} other{number}" for number in range(60_000)]}},
        {"metadata": {"deep": [[[[{"a": {"b": ["x" * 2_000_000]}}]]]]}},
        {"caption": " ".join(f"{number}x" for number in range(200_000))},
    ],
)
def test_large_texts_do_not_keep_a_picture_out(fields: dict[str, Any]) -> None:
    make_image(title="Lighthouse", **fields)
    assert search("lighthouse", phrases=(), excluded=()) == 1
