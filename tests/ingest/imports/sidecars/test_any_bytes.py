"""Whatever a sidecar contains, the picture keeps what could be read, and nothing is raised."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from gallery.ingest.fields import metadata_fields
from gallery.ingest.imports.sidecars.facts import SidecarFacts, as_fields
from tests.ingest.imports.sidecars.folder import facts_in
from tests.ingest.imports.sidecars.samples import ALBUM, DARKTABLE, EDITED, IMMICH, TAKEOUT, packet

FIELDS = ("title", "caption", "taken_at", "external_id", "latitude", "longitude")
NAMES = ["IMG.jpg.json", "IMG.jpg.xmp", "IMG.yml", "metadata.json"]
SAMPLES = [
    json.dumps(TAKEOUT, ensure_ascii=False),
    packet(IMMICH + DARKTABLE, 'xmp:Label="Red"'),
    EDITED,
    json.dumps(ALBUM),
]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)


def check(facts: SidecarFacts) -> None:
    """An upload accepts the facts."""
    fields = {name: getattr(facts, name) for name in FIELDS}
    metadata_fields.checked(metadata_fields.OF_UPLOADS, **fields, metadata=dict(facts.metadata))
    json.dumps(as_fields(facts), allow_nan=False)
    assert all(isinstance(tag, str) for tag in facts.tags)


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({name: st.binary(max_size=200) for name in NAMES}))
def test_any_bytes_are_accepted(files: dict[str, bytes | str]) -> None:
    check(facts_in(files))


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(range(4)), st.integers(0), st.integers(0, 40), st.binary(max_size=12))
def test_mutated_sidecars_are_accepted(sample: int, start: int, length: int, other: bytes) -> None:
    data = SAMPLES[sample].encode()
    start %= len(data)
    files: dict[str, bytes | str] = dict(zip(NAMES, SAMPLES, strict=True))
    files[NAMES[sample]] = data[:start] + other + data[start + length :]
    check(facts_in(files))


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(sorted(TAKEOUT)), JSON_VALUES, st.sampled_from(["", "exifInfo"]), JSON_VALUES
)
def test_values_of_any_type_are_accepted(
    key: str, value: object, second_key: str, second: object
) -> None:
    document = {**TAKEOUT, key: value} if not second_key else {key: value, second_key: second}
    check(facts_in({"IMG.jpg.json": json.dumps(document)}))
