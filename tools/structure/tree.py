"""The Python files of a git repository: the working tree, or one revision of it."""

from __future__ import annotations

import ast
import io
import subprocess
import tarfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

SOURCE = ("gallery", "searchsite")
TESTS = ("tests",)
EVERYTHING = (*SOURCE, *TESTS, "tools", "benchmarks")


@dataclass(frozen=True)
class Module:
    path: PurePosixPath
    text: str

    @cached_property
    def syntax(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @property
    def name(self) -> str:
        """The dotted name; that of a package for its ``__init__.py``."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if self.is_package else parts)

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def lines(self) -> int:
        """Blank lines included."""
        return len(self.text.splitlines())

    @property
    def nonblank_lines(self) -> int:
        return sum(bool(line.strip()) for line in self.text.splitlines())


@dataclass(frozen=True)
class Tree:
    """``modules`` is sorted by path. Migrations are left out."""

    title: str
    modules: list[Module]

    def within(self, folders: tuple[str, ...]) -> list[Module]:
        return [module for module in self.modules if module.path.parts[0] in folders]

    def matching(self, patterns: tuple[str, ...]) -> list[Module]:
        return [
            module
            for module in self.modules
            if any(module.path.match(pattern) for pattern in patterns)
        ]


def working_tree(root: Path) -> Tree:
    """Files that git tracks, and new files that git does not ignore."""
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.py")
    names = {name for name in listed.decode().split("\0") if name and (root / name).is_file()}
    return _tree("working tree", {name: (root / name).read_bytes() for name in names})


def revision(root: Path, name: str) -> Tree:
    """Raises ``CalledProcessError`` if git does not know the revision."""
    packed = _git(root, "archive", "--format=tar", name, "--", "*.py")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        files = {}
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                files[member.name] = content.read()
    return _tree(name, files)


def _tree(title: str, files: dict[str, bytes]) -> Tree:
    modules = [
        Module(PurePosixPath(name), content.decode("utf-8"))
        for name, content in sorted(files.items())
        if name.endswith(".py") and "migrations" not in PurePosixPath(name).parts
    ]
    return Tree(title, modules)


def _git(root: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603
