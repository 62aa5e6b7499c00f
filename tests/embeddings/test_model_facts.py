"""What searches need to know about the files of a space's model."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gallery.embeddings import encode, model_facts
from gallery.embeddings.model_facts import facts_of
from gallery.encoders import loader, relevance_threshold
from gallery.encoders.model import lookup
from gallery.encoders.relevance_threshold import Cosines, RelevanceThreshold
from gallery.models import EmbeddingSpace
from tests.encoders.tiny_texts import make_tiny_texts

THRESHOLD = RelevanceThreshold(Cosines(0.3, 0.4, 0.5), Cosines(0.5, 0.6, 0.7))


@pytest.fixture(autouse=True)
def forget() -> None:
    model_facts.forget()


def space(name: str, fingerprint: str = "") -> EmbeddingSpace:
    return EmbeddingSpace(encoder=name, fingerprint=fingerprint)


def test_missing_model_has_no_threshold(site_models: Path) -> None:
    assert facts_of(space("missing")) == ("missing", None)


def test_missing_model_is_looked_up_again(site_models: Path) -> None:
    assert facts_of(space("three")).relevance_threshold is None
    shutil.copytree(site_models / "one", site_models / "three")
    relevance_threshold.write(site_models / "three", THRESHOLD)
    assert facts_of(space("three")).relevance_threshold == THRESHOLD


def test_threshold_is_read_again_for_other_weights(site_models: Path) -> None:
    assert facts_of(space("one", "old weights")).relevance_threshold is None
    relevance_threshold.write(site_models / "one", THRESHOLD)
    assert facts_of(space("one", "old weights")).relevance_threshold is None
    assert facts_of(space("one", "new weights")).relevance_threshold == THRESHOLD


def test_replaced_text_model_is_another_reader(site_models: Path) -> None:
    texts = make_tiny_texts(site_models / "texts")
    before = facts_of(space("texts+one")).text_reader
    shutil.rmtree(texts)
    make_tiny_texts(texts, seed=8)
    assert facts_of(space("texts+one")).text_reader == before
    model_facts.forget()
    assert facts_of(space("texts+one")).text_reader != before


@pytest.mark.django_db
def test_cached_search_does_not_look_up_the_model(
    site_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = space("one", str(lookup.find("one").fingerprint))
    vector = encode.text_vector(one, "a red car")
    monkeypatch.setattr(lookup, "find", None)
    loader.forget_all()
    assert encode.text_vector(one, "a red car") is vector
