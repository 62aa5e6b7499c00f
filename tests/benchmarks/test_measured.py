"""What the comparison with other programs reports."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from benchmarks.data.clip_like import ClipLike, cosines
from benchmarks.plots import recall_plot
from benchmarks.rivals.measured import Point, Workload, exact_worst, measure, milliseconds_at
from benchmarks.rivals.programs import numpy_exact


def point(recall: float, p50: float, kind: str = "text") -> Point:
    return Point("setting", kind, recall, p50, p50)


def test_latency_is_interpolated_between_recalls() -> None:
    points = [point(0.9, 1.0), point(1.0, 3.0)]
    assert milliseconds_at(0.95, points) == pytest.approx(2.0)


def test_a_recall_nobody_reaches_has_no_latency() -> None:
    assert milliseconds_at(0.95, [point(0.9, 1.0)]) is None


def test_a_faster_and_better_setting_counts_fully() -> None:
    assert milliseconds_at(0.95, [point(0.9, 2.0), point(1.0, 1.0)]) == 1.0


def test_exact_search_has_full_recall() -> None:
    gallery = ClipLike()
    vectors = gallery.pictures(500)
    queries = {"text": gallery.texts(vectors[:20])}
    worst = {"text": exact_worst(vectors, queries["text"])}
    workload = Workload(vectors, queries, worst)
    ((setting, search),) = numpy_exact(vectors)
    assert measure(setting, "text", search, workload).recall == 1.0
    reversed_search = measure(setting, "text", lambda query: list(range(10)), workload)
    assert reversed_search.recall < 0.5


def test_generated_vectors_have_the_cosines_of_clip() -> None:
    means = cosines(ClipLike())
    assert 0.45 <= means["two pictures"] <= 0.6
    assert 0.25 <= means["text and its picture"] <= 0.33
    assert 0.12 <= means["text and another"] <= 0.20
    norms = np.linalg.norm(ClipLike().pictures(10), axis=1)
    assert norms == pytest.approx(1.0, abs=1e-5)


def test_the_plot_is_well_formed_and_names_programs() -> None:
    plot = recall_plot({"ours": [point(0.9, 1.0), point(0.99, 2.0)], "theirs": [point(0.8, 5.0)]})
    ElementTree.fromstring(plot)
    assert "ours" in plot
    assert "theirs" in plot
