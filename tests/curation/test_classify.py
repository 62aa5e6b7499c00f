from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gallery.changeover.choose import choose
from gallery.core.errors import EncoderUnavailable, FileTooLarge, InvalidInput, UnsupportedType
from gallery.curation import classify
from gallery.curation.classify import classify_image, classify_picture
from gallery.embeddings import encode, spaces
from gallery.encoders.model.names import BUILTIN
from gallery.models import EmbeddingSpace
from tests import scenes
from tests.builders import make_embedding, make_image, make_space, unit_vector

LABELS = ["red", "green", "blue"]


def test_a_stored_vector_is_compared_with_every_label(space: EmbeddingSpace) -> None:
    image = make_image()
    make_embedding(image, space, encode.text_vector(space, "a photo of a green"))
    result = classify_image(image, LABELS)
    assert result is not None
    assert result.space == space
    assert result.scores[0].label == "green"
    assert result.scores[0].similarity == pytest.approx(1, abs=1e-5)
    assert {score.label for score in result.scores} == set(LABELS)


def test_probabilities_use_the_encoders_logit_scale(space: EmbeddingSpace) -> None:
    image = make_image()
    make_embedding(image, space, unit_vector(1))
    result = classify_image(image, LABELS)
    assert result is not None
    assert result.logit_scale == spaces.encoder_of(space).logit_scale
    shares = [score.probability for score in result.scores]
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)
    apart = (result.scores[0].similarity - result.scores[1].similarity) * result.logit_scale
    assert shares[0] / shares[1] == pytest.approx(np.exp(apart), rel=1e-6)


def test_a_label_vector_is_the_templates_mean(space: EmbeddingSpace) -> None:
    image = make_image()
    middle = encode.text_vector(space, "one green") + encode.text_vector(space, "green two")
    make_embedding(image, space, middle / np.linalg.norm(middle))
    result = classify_image(image, LABELS, ["one {}", "{} two"])
    assert result is not None
    assert result.scores[0].label == "green"
    assert result.scores[0].similarity == pytest.approx(1, abs=1e-5)


def test_an_image_without_a_vector_has_no_answer(space: EmbeddingSpace) -> None:
    image = make_image()
    make_embedding(image, make_space(active=False), unit_vector(1))
    assert classify_image(image, LABELS) is None


def test_labels_use_the_query_cache(space: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch) -> None:
    encode.text_vectors(space, ["a photo of a dog", "一张狗的照片"])
    monkeypatch.setattr(spaces.encoder_of(space), "encode_texts", None)
    assert len(classify_picture(scenes.plain(), ["dog", "狗"]).scores) == 2


@pytest.mark.django_db
def test_the_built_in_encoder_tells_things_apart() -> None:
    choose(BUILTIN)
    from gallery.management.commands.loaddemo import FOLDER

    picture = (FOLDER / "181-a-cat-on-a-yellow-background.webp").read_bytes()
    for labels in (["cat", "penguin", "key", "camera"], ["猫", "企鹅", "钥匙", "相机"]):
        assert classify_picture(picture, labels).scores[0].label == labels[0]


@pytest.mark.parametrize(
    ("labels", "templates"),
    [
        ([], []),
        (["dog"], []),
        (["dog", "dog"], []),
        (["a  dog", " a dog"], []),
        (["dog", " "], []),
        ([str(number) for number in range(101)], []),
        (["dog", "x" * 101], []),
        (LABELS, ["no place"]),
        (LABELS, ["{} and {}"]),
        (LABELS, ["{}" + "x" * 100]),
        (LABELS, [f"{{}} {number}" for number in range(21)]),
        ([str(number) for number in range(100)], [f"{{}} {number}" for number in range(5)]),
    ],
)
def test_labels_and_templates_out_of_bounds_are_refused(
    labels: list[str], templates: list[str]
) -> None:
    with pytest.raises(InvalidInput):
        classify_picture(scenes.plain(), labels, templates)


def test_a_picture_is_checked_like_an_upload(space: EmbeddingSpace, gallery_setting: Any) -> None:
    with pytest.raises(UnsupportedType):
        classify_picture(b"no picture at all", LABELS)
    gallery_setting(max_file_size=10)
    with pytest.raises(FileTooLarge):
        classify_picture(scenes.plain(), LABELS)


@pytest.mark.django_db
def test_a_missing_encoder_is_reported() -> None:
    with pytest.raises(EncoderUnavailable):
        classify_image(make_image(), LABELS)


def test_the_largest_allowed_request_is_accepted() -> None:
    labels = [str(number) for number in range(100)]
    classify.check(labels, ["{}"] * 4)
