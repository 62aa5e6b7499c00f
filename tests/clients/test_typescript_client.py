"""clients/typescript, built and installed, against a running closed site."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.clients.conftest import Access, Project, built
from tests.local.site import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("node") and shutil.which("npm")),
        reason="Node.js is missing: the TypeScript client was NOT tested",
    ),
]
PACKAGES = ROOT / "clients" / "typescript" / "node_modules"
PROGRAM = Path(__file__).with_name("programs") / "whole_flow.ts"
OPTIONS = ["--strict", "--target", "es2022", "--module", "nodenext", "--types", "node"]


def test_whole_flow_on_a_closed_site(access: Access, pictures: Path, project: Project) -> None:
    package = built("typescript", "*.tgz")
    settings = {"private": True, "type": "module"}
    (project.folder / "package.json").write_text(json.dumps(settings))
    project.run("npm", "install", "--no-audit", "--no-fund", package)
    shutil.copy(PROGRAM, project.folder)
    project.add_example("typescript", "ts", "example.ts")
    compiler, types = PACKAGES / ".bin" / "tsc", PACKAGES / "@types"
    project.run(compiler, *OPTIONS, "--typeRoots", types, PROGRAM.name, "example.ts")
    output = project.run("node", "whole_flow.js", access.url, access.token, pictures)
    assert output == "whole flow: ok\n"
