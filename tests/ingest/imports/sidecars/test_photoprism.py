from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gallery.ingest.imports.sidecars.facts import SidecarFacts
from tests.ingest.imports.sidecars.folder import facts_in
from tests.ingest.imports.sidecars.samples import EDITED

# Of a real library: title and keywords are PhotoPrism's own.
AUTOMATIC = """TakenAt: 2018-01-01T00:02:53Z
TakenSrc: meta
UID: pqnkwgd18ghabopp
Type: image
Title: Beaverton / USA / 2018
OriginalName: IMG_20171231_160253871
PlaceSrc: meta
Lat: 45.448994
Lng: -122.796295
Year: 2017
Details:
  Keywords: beaverton, gold, google, oregon, usa
CreatedAt: 2021-01-27T05:55:25.001738034Z
"""


def test_what_photoprism_made_up_is_no_title() -> None:
    assert facts_in({"IMG.yml": AUTOMATIC}) == SidecarFacts(
        taken_at=datetime(2018, 1, 1, 0, 2, 53, tzinfo=UTC),
        latitude=45.448994,
        longitude=-122.796295,
        metadata={
            "photoprism_uid": "pqnkwgd18ghabopp",
            "original_name": "IMG_20171231_160253871",
            "keywords": ["beaverton", "gold", "google", "oregon", "usa"],
        },
    )


def test_what_a_person_entered_counts() -> None:
    facts = facts_in({"IMG.jpg.yml": EDITED})
    assert (facts.title, facts.caption) == ("New Year's Eve", "Fireworks: a lot")
    assert facts.tags == ("fireworks", "night")
    assert facts.replaces_date
    assert facts.taken_at is not None
    assert facts.latitude is None, "it was estimated"
    assert facts.metadata["favorite"] is True
    assert facts.metadata["notes"] == "with Anna"


def test_keywords_beyond_the_limit_are_noted() -> None:
    many = ", ".join(f"word {number}" for number in range(60))
    facts = facts_in({"IMG.yml": EDITED.replace("fireworks, night", many)})
    assert (len(facts.tags), facts.problems) == (50, ("sidecar_shortened",))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("TakenAt: [", "sidecar_damaged"),
        ("[" * 10_000, "sidecar_unknown"),
        ("[" * 100, "sidecar_damaged"),
        ("- " * 8_000, "sidecar_damaged"),
        ("!!python/object/apply:os.system ['true']", "sidecar_unknown"),
        ("? [a]\n: b", "sidecar_damaged"),
        ("services:\n  web: {}", "sidecar_unknown"),
        ("- a", "sidecar_unknown"),
        ("#" * 20_000, "sidecar_too_large"),
    ],
)
def test_other_yaml_is_a_problem(data: str, problem: str) -> None:
    assert facts_in({"IMG.yml": data}) == SidecarFacts(problems=(problem,))


def test_repeated_aliases_cost_nothing() -> None:
    layers = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 40))
    facts = facts_in({"IMG.yml": f"UID: u\nl0: &l0 [x]\n{layers}\nTitle: *l39\nTitleSrc: manual\n"})
    assert (facts.title, facts.metadata) == ("", {"photoprism_uid": "u"})
