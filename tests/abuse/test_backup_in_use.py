"""Pictures are deleted and uploaded while bin/manage backup runs; the restored site is whole."""

from __future__ import annotations

import json
import subprocess
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests import scenes
from tests.local.services import eventually
from tests.local.site import ROOT, Site, running_site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
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
    picture = scenes.plain((number, 100, 200 - number), size=(400, 300))
    key: str = json.loads(request(site, token, "POST", "/api/v1/images/", picture))["id"]
    return key


def problems(site: Site) -> list[str]:
    """Lines of the orphan finder with a number above 0."""
    lines = site.manage("orphans", "--min-age", "0").splitlines()
    return [line for line in lines if not line.lstrip().startswith("0 ")]


def count(site: Site, token: str, state: str) -> int:
    answer = json.loads(request(site, token, "GET", f"/api/v1/images/?state={state}&limit=200"))
    return len(answer["results"])


def test_a_backup_in_use_restores_whole(site: Site, tmp_path: Path) -> None:
    token = site.manage("apitoken", "admin").strip()
    keys = [upload(site, token, number) for number in range(60)]
    assert eventually(lambda: count(site, token, "ready") == 60, 60)
    command = [str(ROOT / "bin/manage"), "backup", str(tmp_path)]
    backup = subprocess.Popen(command, env=site.environment, stdout=subprocess.PIPE, text=True)
    deleted = 0
    began = monotonic()
    while backup.poll() is None and monotonic() - began < 60:
        if deleted < 40:
            request(site, token, "DELETE", f"/api/v1/images/{keys[deleted]}/")
            deleted += 1
    assert backup.returncode == 0
    assert deleted >= 20
    upload(site, token, 100)
    site.manage("restore", str(tmp_path), "--replace")
    (manifest,) = tmp_path.glob("*/images.jsonl")
    rows = [json.loads(line) for line in manifest.read_text().splitlines()]
    for row in rows:
        assert request(site, token, "GET", f"/files/{row['id']}/original")
    assert [line for line in problems(site) if "without a row" not in line] == []
