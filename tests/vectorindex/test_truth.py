"""The right answers that recall is measured with."""

from __future__ import annotations

import numpy as np
import pytest

from gallery.core.query_kind import QueryKind
from gallery.models import Embedding
from gallery.vectorindex.calibration import queries, truth
from gallery.vectorindex.calibration.queries import QuerySample, Source
from tests.builders import make_embedding, make_image, make_space, unit_vector

pytestmark = pytest.mark.django_db


def test_distances_are_those_of_the_space() -> None:
    space, other = make_space(), make_space(active=False)
    for number in range(12):
        make_embedding(make_image(), space, unit_vector(number))
        make_embedding(make_image(), other, unit_vector(100))
    sample = QuerySample(QueryKind.TEXT, Source.CAPTIONS, np.stack([unit_vector(100)]))
    (farthest,) = truth.farthest_right_distances(space, [sample], k=3)
    every = sorted(1 - float(unit_vector(n) @ unit_vector(100)) for n in range(12))
    assert farthest == pytest.approx([every[2]], abs=1e-6)


def test_a_vector_is_no_answer_to_itself() -> None:
    space = make_space()
    for number in range(12):
        make_embedding(make_image(), space, unit_vector(number))
    sample = queries.pictures(space, 12)
    farthest = truth.farthest_right_distances(space, [sample], k=1)[0]
    stored = np.array(list(Embedding.objects.values_list("vector", flat=True)))
    for number, (key, vector) in enumerate(zip(sample.own, sample.vectors, strict=True)):
        nearest = np.sort(1 - stored @ vector)
        assert farthest[number] == pytest.approx(nearest[1 if key else 0], abs=1e-5)
