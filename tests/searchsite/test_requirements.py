"""Every package that our code imports is pinned as our own requirement, not as one of others."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SITE, TOOLS = ("gallery", "searchsite"), ("tests", "tools", "benchmarks")
# The programs that the benchmarks compare with, and those that use the clients, run in
# environments of their own. UMAP and atheris are optional (requirements-umap.txt,
# requirements-fuzz.txt).
OTHER_ENVIRONMENTS = {
    ROOT / "benchmarks" / "rivals",
    ROOT / "tests" / "clients" / "programs",
    ROOT / "gallery" / "map" / "umap_process",
    ROOT / "tools" / "fuzz_pictures.py",
}


def imported_packages(folders: tuple[str, ...]) -> set[str]:
    files = (
        file
        for folder in folders
        for file in (ROOT / folder).rglob("*.py")
        if OTHER_ENVIRONMENTS.isdisjoint((file, *file.parents))
    )
    names = {name for file in files for name in _imports(ast.parse(file.read_text()))}
    return names - {*sys.stdlib_module_names, *SITE, *TOOLS}


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def direct_requirements(file: str) -> set[str]:
    direct = (ROOT / file).read_text().partition("# -- what these need")[0]
    return {_normal(name) for name in re.findall(r"^([\w.-]+)==", direct, re.M)}


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


@pytest.mark.parametrize(
    ("folders", "files"),
    [(SITE, ["requirements.txt"]), (TOOLS, ["requirements.txt", "requirements-dev.txt"])],
)
def test_imported_packages_are_direct_requirements(
    folders: tuple[str, ...], files: list[str]
) -> None:
    pinned = {name for file in files for name in direct_requirements(file)}
    distributions = packages_distributions()
    missing = [
        package
        for package in imported_packages(folders)
        if not pinned & {_normal(name) for name in distributions.get(package, [package])}
    ]
    assert sorted(missing) == []
