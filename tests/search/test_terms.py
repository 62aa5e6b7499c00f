"""Several terms, weights, crops, liked and disliked hits."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import PIL.Image
import pytest
from django.contrib.auth.models import AnonymousUser, User

from gallery.changeover.choose import choose
from gallery.core.errors import InvalidInput, NotFound, NoVector
from gallery.embeddings import spaces
from gallery.media.storage import preview_path
from gallery.models import EmbeddingSpace, Image, Visibility
from gallery.search import query_pictures
from gallery.search.engine import search
from gallery.search.query import Combine, Crop, Mode, SearchQuery, Term, similar_to
from tests.builders import make_embedded, make_image, make_space, unit, unit_vector
from tests.search import demo_pictures

pytestmark = pytest.mark.django_db
A, B, C = (unit_vector(seed) for seed in (1, 2, 3))
ANYBODY = AnonymousUser()


def raw(vector: npt.NDArray[np.float32], weight: float = 1.0) -> Term:
    return Term(vector=tuple(map(float, vector)), weight=weight)


def hits_of(query: SearchQuery, user: User | AnonymousUser = ANYBODY) -> list[uuid.UUID]:
    return [hit.image.pk for hit in search(query, user).hits]


@pytest.fixture
def space() -> EmbeddingSpace:
    return make_space()


@pytest.fixture
def images(space: EmbeddingSpace) -> list[Image]:
    """Images of A, of B, and of both."""
    return make_embedded(space, [A, B, unit(A + B)])


def test_the_mean_of_two_terms_finds_both(images: list[Image]) -> None:
    assert hits_of(SearchQuery(terms=(raw(A), raw(B))))[0] == images[2].pk


def test_the_best_of_two_terms_finds_each(images: list[Image]) -> None:
    query = SearchQuery(terms=(raw(A), raw(B)), combine=Combine.MAX)
    assert hits_of(query)[2] == images[2].pk


def test_a_weight_decides_between_terms(images: list[Image]) -> None:
    assert hits_of(SearchQuery(terms=(raw(A, 5), raw(B))))[0] == images[0].pk


def test_a_negative_term_leads_away(images: list[Image]) -> None:
    query = SearchQuery(terms=(raw(unit(A + B)), raw(B, -0.9)))
    assert hits_of(query)[0] == images[0].pk
    best = SearchQuery(terms=(*query.terms, raw(C)), combine=Combine.MAX)
    assert hits_of(best)[0] == images[0].pk


def test_a_vector_of_any_norm_is_accepted(images: list[Image]) -> None:
    assert hits_of(SearchQuery(terms=(raw(A * 1000),))) == hits_of(SearchQuery(terms=(raw(A),)))


def test_terms_that_cancel_out_have_no_vector(images: list[Image]) -> None:
    with pytest.raises(NoVector):
        search(SearchQuery(terms=(raw(A), raw(A, -1))), ANYBODY)


@pytest.mark.parametrize("combine", list(Combine))
def test_only_the_ratio_of_weights_matters(images: list[Image], combine: Combine) -> None:
    small = SearchQuery(terms=(raw(A, 1e-5), raw(B, 2e-5)), combine=combine, liked=(images[2].pk,))
    usual = SearchQuery(terms=(raw(A, 1), raw(B, 2)), combine=combine, liked=(images[2].pk,))
    results = [search(query, ANYBODY).hits for query in (small, usual)]
    shown = [[(hit.image.pk, hit.similarity) for hit in hits] for hits in results]
    assert shown[0] == shown[1]


def test_images_of_terms_are_left_out(images: list[Image]) -> None:
    first, second, both = (image.pk for image in images)
    terms = (Term(image_id=first), Term(image_id=second))
    assert hits_of(SearchQuery(terms=terms)) == [both]


def test_liked_and_disliked_hits_move_the_results(images: list[Image]) -> None:
    first, second, both = (image.pk for image in images)
    query = SearchQuery(terms=(raw(unit(A + B)),))
    assert hits_of(query)[0] == both
    liked = SearchQuery(terms=query.terms, liked=(first,), disliked=(second,))
    assert hits_of(liked) == [both, first]
    assert hits_of(SearchQuery(liked=(first,)))[0] == first


@pytest.mark.parametrize("place", ["terms", "liked", "disliked"])
def test_hidden_images_look_like_missing_ones(
    space: EmbeddingSpace, owner: User, stranger: User, place: str
) -> None:
    (hidden,) = make_embedded(space, [A], owner=owner, visibility=Visibility.PRIVATE)
    messages = []
    for key in (hidden.pk, uuid.uuid4()):
        given: Any = Term(image_id=key) if place == "terms" else key
        fields: dict[str, Any] = {"terms": (raw(B),)}
        fields[place] = (*fields.get(place, ()), given)
        with pytest.raises(NotFound) as error:
            search(SearchQuery(**fields), stranger)
        messages.append(error.value.message)
    assert messages[0] == messages[1]


def test_only_own_vectors_are_shown(space: EmbeddingSpace, owner: User, stranger: User) -> None:
    (own,) = make_embedded(space, [A], owner=owner)
    make_embedded(space, [B], owner=stranger)
    hits = search(SearchQuery(terms=(raw(A),), with_vector=True), owner).hits
    shown = {hit.image.pk: hit.vector for hit in hits}
    assert shown.pop(own.pk) == pytest.approx(A.tolist())
    assert list(shown.values()) == [None]
    assert search(SearchQuery(terms=(raw(A),)), owner).hits[0].vector is None


INVALID: list[tuple[str, dict[str, Any]]] = [
    ("terms.0", {"terms": (Term(),)}),
    ("terms.1", {"terms": (raw(A), Term(text="a", picture="b"))}),
    ("terms", {"terms": (raw(A),) * 17}),
    ("terms", {"terms": (raw(A, -1),)}),
    ("terms", {"disliked": (uuid.uuid4(),)}),
    ("liked", {"liked": (uuid.uuid4(),) * 51}),
    ("terms.0.weight", {"terms": (raw(A, float("nan")),)}),
    ("terms.0.weight", {"terms": (raw(A, 0),)}),
    ("terms.0.weight", {"terms": (raw(A, 11),)}),
    ("terms.0.vector", {"terms": (raw(A[:511]),)}),
    ("terms.0.vector", {"terms": (raw(A * float("nan")),)}),
    ("terms.0.vector", {"terms": (raw(A * 0),)}),
    ("terms.0.crop", {"terms": (Term(text="a", crop=Crop(left=0, top=0, width=1, height=1)),)}),
    (
        "terms.0.crop",
        {"terms": (Term(picture="a", crop=Crop(left=0.5, top=0, width=1, height=1)),)},
    ),
    ("terms.0.crop", {"terms": (Term(picture="a", crop=Crop(left=0, top=0, width=0, height=1)),)}),
    ("mode", {"terms": (raw(A),), "mode": Mode.WORDS}),
]


@pytest.mark.parametrize(("field", "fields"), INVALID)
def test_an_invalid_term_is_named(db: None, field: str, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as error:
        search(SearchQuery(**fields), ANYBODY)
    assert error.value.data["field"] == field


class TestWithTheBuiltinEncoder:
    @pytest.fixture
    def space(self, db: None) -> EmbeddingSpace:
        return choose("builtin")

    @pytest.fixture
    def demo(self, space: EmbeddingSpace) -> dict[str, Image]:
        """Demo pictures by their names."""
        names = ["a-dog-on-a-beach", "a-dog-in-the-snow", "a-dog-in-a-room", "a-crab-on-a-beach",
                 "a-fox-in-the-snow", "a-cake-on-a-table"]  # fmt: skip
        files = [demo_pictures.file_of(name) for name in names]
        vectors = spaces.encoder_of(space).encode_images([PIL.Image.open(file) for file in files])
        return dict(zip(names, make_embedded(space, list(vectors)), strict=True))

    def names(self, demo: dict[str, Image], query: SearchQuery) -> list[str]:
        by_id = {image.pk: name for name, image in demo.items()}
        return [by_id[key] for key in hits_of(query)]

    def test_a_dog_minus_a_beach(self, demo: dict[str, Image]) -> None:
        dogs = self.names(demo, SearchQuery(text="a dog", limit=3))
        assert "a-dog-on-a-beach" in dogs
        query = SearchQuery(text="a dog", terms=(Term(text="on a beach", weight=-0.7),))
        assert self.names(demo, query)[:2] == ["a-dog-in-a-room", "a-dog-in-the-snow"] or set(
            self.names(demo, query)[:2]
        ) == {"a-dog-in-a-room", "a-dog-in-the-snow"}

    def test_a_picture_and_a_place(self, demo: dict[str, Image]) -> None:
        beach = Term(image_id=demo["a-dog-on-a-beach"].pk)
        query = SearchQuery(terms=(beach, Term(text="in the snow")))
        assert self.names(demo, query)[0] == "a-dog-in-the-snow"

    def test_a_crop_is_searched_instead_of_the_image(
        self, demo: dict[str, Image], own_media: Path
    ) -> None:
        dog, cake = (PIL.Image.open(demo_pictures.file_of(name)).convert("RGB")
                     for name in ("a-dog-in-the-snow", "a-cake-on-a-table"))  # fmt: skip
        both = PIL.Image.new("RGB", (dog.width * 2, dog.height))
        both.paste(dog, (0, 0))
        both.paste(cake.resize(dog.size), (dog.width, 0))
        image = make_image(width=both.width, height=both.height)
        path = preview_path(image.pk, "large")
        path.parent.mkdir(parents=True)
        both.save(path, "WEBP")
        for left, name in ((0, "a-dog-in-the-snow"), (0.5, "a-cake-on-a-table")):
            crop = Crop(left=left, top=0, width=0.5, height=1)
            query = SearchQuery(terms=(Term(image_id=image.pk, crop=crop),))
            assert self.names(demo, query)[0] == name

    def test_crops_of_one_picture_open_it_once(
        self, demo: dict[str, Image], own_media: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        image = make_image()
        path = preview_path(image.pk, "large")
        path.parent.mkdir(parents=True)
        PIL.Image.open(demo_pictures.file_of("a-dog-in-the-snow")).save(path, "WEBP")
        key = query_pictures.remember(demo_pictures.copy_of_the_dog())
        opened, really_open = [], PIL.Image.open

        def open_and_count(*values: Any, **options: Any) -> PIL.Image.Image:
            opened.append(values)
            return really_open(*values, **options)

        monkeypatch.setattr(PIL.Image, "open", open_and_count)
        halves = [Crop(left=left, top=0, width=0.5, height=1) for left in (0, 0.5)]
        terms = [
            Term(image_id=picture_id, picture=picture, crop=crop)
            for picture_id, picture in ((image.pk, ""), (None, key))
            for crop in halves
        ]
        assert len(self.names(demo, SearchQuery(terms=tuple(terms)))) == len(demo)
        assert len(opened) == 2

    def test_an_uploaded_crop_may_be_too_small(self, demo: dict[str, Image]) -> None:
        key = query_pictures.remember(demo_pictures.copy_of_the_dog())
        crop = Crop(left=0, top=0, width=0.5, height=0.8)
        query = SearchQuery(terms=(Term(picture=key, crop=crop),))
        assert "dog" in self.names(demo, query)[0]
        small = Crop(left=0, top=0, width=0.05, height=0.05)
        with pytest.raises(InvalidInput, match="at least 32 pixels"):
            search(SearchQuery(terms=(Term(picture=key, crop=small),)), ANYBODY)


def test_an_image_without_preview_cannot_be_cropped(space: EmbeddingSpace) -> None:
    crop = Crop(left=0, top=0, width=1, height=1)
    query = SearchQuery(terms=(Term(image_id=make_image().pk, crop=crop),))
    with pytest.raises(NotFound):
        search(query, ANYBODY)


def test_similar_images_can_be_restricted(images: list[Image]) -> None:
    query = similar_to(images[0].pk, min_similarity=0.5)
    assert hits_of(query) == [images[2].pk]
