"""Pictures are deleted and uploaded while bin/manage backup runs; the restored site is whole."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import threading
import urllib.request
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests import scenes
from tests.local.services import eventually
from tests.local.site import ROOT, Site, running_site

pytestmark = pytest.mark.slow

# More than are sent while three backups are made.
_UPLOADS = 120


@pytest.fixture
def site() -> Iterator[Site]:
    """One for each test, which count its pictures."""
    with running_site() as site:
        yield site


def request(site: Site, token: str, method: str, path: str, data: bytes | None = None) -> bytes:
    boundary = uuid.uuid4().hex
    headers = {"Authorization": f"Token {token}"}
    if data is not None:
        headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
        disposition = 'Content-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        end = f"\r\n--{boundary}--\r\n".encode()
        data = f"--{boundary}\r\n{disposition}".encode() + data + end
    call = urllib.request.Request(site.url + path, data=data, headers=headers, method=method)
    with urllib.request.urlopen(call, timeout=20) as response:
        body: bytes = response.read()
        return body


def upload(site: Site, token: str, number: int) -> str:
    picture = scenes.plain((number, 100, abs(200 - number)), size=(400, 300))
    key: str = json.loads(request(site, token, "POST", "/api/v1/images/", picture))["id"]
    return key


def manifest(folder: Path) -> dict[str, str]:
    """The SHA-256 of each picture of a backup."""
    lines = (folder / "images.jsonl").read_text().splitlines()
    return {entry["id"]: entry["sha256"] for entry in map(json.loads, lines)}


def listed(site: Site, token: str) -> dict[str, str]:
    """The SHA-256 of the originals that the site serves."""
    answer = json.loads(request(site, token, "GET", "/api/v1/images/?limit=200"))
    keys = [picture["id"] for picture in answer["results"]]
    originals = {key: request(site, token, "GET", f"/files/{key}/original") for key in keys}
    return {key: hashlib.sha256(data).hexdigest() for key, data in originals.items()}


def is_processed(site: Site, token: str, number: int) -> bool:
    answer = request(site, token, "GET", "/api/v1/images/?status=ready&limit=100")
    return len(json.loads(answer)["results"]) == number


def test_a_backup_in_use_restores_whole(site: Site, tmp_path: Path) -> None:
    token = site.manage("apitoken", "admin").strip()
    keys = {upload(site, token, number) for number in range(20)}
    assert eventually(lambda: is_processed(site, token, 20), 60)
    command = [str(ROOT / "bin/manage"), "backup", str(tmp_path)]
    backup = subprocess.Popen(command, env=site.environment, start_new_session=True)
    assert eventually(lambda: any(tmp_path.glob("*.unfinished/database.dump")), 60)
    os.killpg(backup.pid, signal.SIGSTOP)  # or a fast backup ends before the deletions
    for key in keys:  # the snapshot of the backup has all of them
        request(site, token, "DELETE", f"/api/v1/images/{key}/")
    upload(site, token, 100)
    assert backup.poll() is None
    os.killpg(backup.pid, signal.SIGCONT)
    assert backup.wait(60) == 0
    site.manage("restore", str(tmp_path), "--replace")
    assert is_processed(site, token, 20)
    for key in keys:
        assert request(site, token, "GET", f"/files/{key}/original")
        assert request(site, token, "GET", f"/files/{key}/small.webp")


def test_backups_in_flight_restore_equal(site: Site, tmp_path: Path) -> None:
    """Rows and originals are those of the snapshot; each has its previews and its vector."""
    token = site.manage("apitoken", "admin").strip()
    is_over = threading.Event()

    def change() -> None:
        keys: list[str] = []
        for number in range(101, 101 + _UPLOADS):
            keys.append(upload(site, token, number))
            if number % 2:
                request(site, token, "DELETE", f"/api/v1/images/{keys.pop(0)}/")
            if is_over.is_set():
                return

    changing = threading.Thread(target=change)
    changing.start()
    for _ in range(3):
        site.manage("backup", str(tmp_path))
    is_over.set()
    changing.join()
    backups = sorted(path.parent for path in tmp_path.glob("*/backup.json"))
    snapshots = [manifest(folder) for folder in backups]
    assert len({frozenset(snapshot) for snapshot in snapshots}) > 1, "no change was in flight"
    for folder, snapshot in zip(backups, snapshots, strict=True):
        site.manage("restore", str(tmp_path), "--backup", folder.name, "--replace")
        assert eventually(partial(is_processed, site, token, len(snapshot)), 120)
        assert listed(site, token) == snapshot
        checked = json.loads(site.manage("integrity", "--json"))
        assert (checked["pictures"], checked["findings"]) == (len(snapshot), [])
