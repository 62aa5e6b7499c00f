"""No URL in a table makes the site connect to its own network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gallery.models import ImportRow
from tests.ingest.imports.conftest import Import, counts
from tests.media.fetching.bad_urls import urls
from tests.picture_server import PictureServer
from tests.recorded_connections import recorded

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def server(picture_server: PictureServer, gallery_setting: Any) -> PictureServer:
    """Redirects to each eighth of the bad URLs, by a path of its own."""
    gallery_setting(import_rate=1000.0)
    for number, url in enumerate(urls()[::8]):
        if url.isascii() and url.isprintable():
            picture_server.redirects[f"/{number}"] = url
    return picture_server


def test_rows_connect_to_no_local_address(
    imported: Import, server: PictureServer, tmp_path: Path
) -> None:
    table = tmp_path / "table.jsonl"
    addresses = [*urls(), *map(server.url, server.redirects)]
    table.write_text("".join(json.dumps({"url": url}) + "\n" for url in addresses))
    with recorded() as connections:
        connections.allowed.add(("127.0.0.1", server.port))
        job = imported(table)
    assert connections.refused == []
    assert counts(job)[:3] == (len(addresses), 0, 0)
    assert not ImportRow.objects.filter(attempts=0, skipped=False).exists()
