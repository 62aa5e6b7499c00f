"""What programs say of pictures that their owners do not show."""

from __future__ import annotations

import json

import pytest

from gallery.ingest.imports.sidecars.facts import as_fields
from tests.ingest.imports.sidecars.folder import facts_in
from tests.ingest.imports.sidecars.samples import ASSET, EDITED, IMMICH, TAKEOUT, packet

TRASHED = {
    "Takeout": ("IMG.jpg.json", json.dumps({**TAKEOUT, "trashed": True})),
    "Immich": ("IMG.jpg.json", json.dumps({**ASSET, "isTrashed": True})),
    "immich-go": ("IMG.jpg.JSON", json.dumps({"fileName": "IMG.jpg", "trashed": True})),
    "PhotoPrism": ("IMG.yml", EDITED + "DeletedAt: 2024-03-02T10:00:00Z\n"),
}
PRIVATE = {
    "Takeout": ("IMG.jpg.json", json.dumps({**TAKEOUT, "inLockedFolder": True})),
    "Immich, locked": ("IMG.jpg.json", json.dumps({**ASSET, "visibility": "locked"})),
    "Immich, hidden": ("IMG.jpg.json", json.dumps({**ASSET, "visibility": "hidden"})),
    "PhotoPrism": ("IMG.yml", EDITED + "Private: true\n"),
}
SHOWN = {
    "Takeout": ("IMG.jpg.json", json.dumps({**TAKEOUT, "trashed": False, "archived": True})),
    "Immich": ("IMG.jpg.json", json.dumps({**ASSET, "visibility": "archive"})),
    "PhotoPrism": ("IMG.yml", EDITED + "Private: false\nDeletedAt: null\n"),
}


@pytest.mark.parametrize("program", TRASHED)
def test_a_picture_in_the_trash_is_known(program: str) -> None:
    name, data = TRASHED[program]
    assert facts_in({name: data}).is_trashed


@pytest.mark.parametrize("program", PRIVATE)
def test_a_private_picture_stays_private(program: str) -> None:
    name, data = PRIVATE[program]
    facts = facts_in({name: data})
    assert not facts.is_trashed
    assert as_fields(facts)["visibility"] == "private"


@pytest.mark.parametrize("program", SHOWN)
def test_other_pictures_are_shown(program: str) -> None:
    name, data = SHOWN[program]
    facts = facts_in({name: data})
    assert not facts.is_trashed
    assert "visibility" not in as_fields(facts)


def test_a_second_sidecar_does_not_show_it() -> None:
    facts = facts_in({"IMG.jpg.xmp": packet(IMMICH), **dict([PRIVATE["Takeout"]])})
    assert as_fields(facts)["visibility"] == "private"
    assert facts_in({"IMG.jpg.xmp": packet(IMMICH), **dict([TRASHED["Takeout"]])}).is_trashed


def test_an_archived_asset_is_known() -> None:
    assert facts_in(dict([SHOWN["Immich"]])).metadata["archived"] is True
