"""The report about the structure of the code, on small repositories made for each test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePosixPath
from textwrap import dedent

import pytest

from tools.structure import __main__, names, shape
from tools.structure.cycles import import_cycles, import_graph
from tools.structure.report import report
from tools.structure.tree import Module, Tree, revision, working_tree


def module(path: str, text: str = "") -> Module:
    return Module(PurePosixPath(path), dedent(text))


def row(table: str, name: str) -> list[str]:
    (line,) = [line for line in table.splitlines() if line.startswith(f"| {name} |")]
    return [cell.strip() for cell in line.split("|")[2:-1]]


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One committed file, then a second one that is not committed, and an ignored one."""
    (tmp_path / "gallery").mkdir()
    (tmp_path / "gallery/one.py").write_text("first = 1\n\nsecond = 2\n")
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "user.name", "Tester")
    git(tmp_path, "config", "user.email", "tester@example.org")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    (tmp_path / "gallery/two.py").write_text("third = 3\n")
    (tmp_path / "gallery/ignored.py").write_text("fourth = 4\n")
    return tmp_path


def test_a_revision_and_the_working_tree_differ(repository: Path) -> None:
    trees = [revision(repository, "HEAD"), working_tree(repository)]
    table = report(trees)
    assert row(table, "") == ["HEAD", "working tree"]
    assert row(table, "source: files") == ["1", "2"]
    assert row(table, "source: non-blank lines") == ["2", "3"]


def test_a_deleted_file_is_not_counted(repository: Path) -> None:
    (repository / "gallery/one.py").unlink()
    paths = [str(module.path) for module in working_tree(repository).modules]
    assert paths == ["gallery/two.py"]


def test_the_command_prints_the_report(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["structure", "HEAD", "--root", str(repository)])
    __main__.main()
    assert row(capsys.readouterr().out, "source: files") == ["1", "2"]


def test_an_unknown_revision_is_an_error(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["structure", "nowhere", "--root", str(repository)])
    with pytest.raises(SystemExit):
        __main__.main()
    assert "does not know" in capsys.readouterr().err


def test_an_import_in_a_function_closes_a_cycle() -> None:
    modules = [
        module("gallery/a.py", "from gallery import b"),
        module("gallery/b.py", "import gallery.c"),
        module("gallery/c.py", "def later():\n    from gallery.a import x"),
        module("gallery/d.py", "from gallery import a"),
    ]
    assert import_cycles(import_graph(modules)) == [["gallery.a", "gallery.b", "gallery.c"]]


def test_an_import_for_types_closes_no_cycle() -> None:
    modules = [
        module("gallery/a.py", "import gallery.b"),
        module("gallery/b.py", "if TYPE_CHECKING:\n    import gallery.a"),
    ]
    assert import_cycles(import_graph(modules)) == []


def test_a_package_is_known_by_its_init() -> None:
    package = module("gallery/pack/__init__.py", "from gallery.pack.a import f")
    part = module("gallery/pack/a.py", "from gallery.pack import g")
    assert import_cycles(import_graph([package, part])) == [["gallery.pack", "gallery.pack.a"]]


def test_only_direct_modules_of_a_package_count() -> None:
    paths = ("gallery/__init__.py", "gallery/a.py", "gallery/pack/__init__.py", "gallery/pack/b.py")
    sizes = shape.package_sizes([module(path) for path in paths])
    assert sizes == {"gallery": 1, "gallery/pack": 1}


def test_percentiles_are_nearest_ranks() -> None:
    assert shape.spread(list(range(1, 11))) == "5 / 9 / 10"
    assert shape.spread([]) == "0 / 0 / 0"


def test_long_test_names_are_counted() -> None:
    text = """
        def test_one_two_three() -> None:
            pass

        def test_a_b_c_d_e_f_g_h_i() -> None: ...
    """
    table = report([Tree("now", [module("tests/test_x.py", text)])])
    assert row(table, "tests: longest name, words") == ["9"]
    assert row(table, "tests: names above 8 words") == ["1"]
    assert row(table, "tests: lines of a test, median") == ["1.5"]


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        ("found = 1", ["found"]),
        ("def f(asked): ...", ["asked"]),
        ("self.told = 1", ["told"]),
        ("class LateEncoder: ...", ["LateEncoder"]),
        ("def drop_leftovers(): ...", ["drop_leftovers"]),
        ("[said for said in x]", ["said"]),
        ("print(found); found_rows = 1", []),
        ("def a_late_write(): ...; related = 1", []),
    ],
)
def test_unwanted_names_are_listed(text: str, unwanted: list[str]) -> None:
    text = text.replace("; ", "\n")
    occurrences = names.unwanted_names([module("gallery/a.py", text)])
    assert [occurrence.name for occurrence in occurrences] == unwanted


def test_unwanted_module_names_are_listed() -> None:
    modules = [module("gallery/terms.py"), module("gallery/house.py"), module("gallery/term.py")]
    occurrences = names.unwanted_names(modules)
    assert [occurrence.name for occurrence in occurrences] == [
        "gallery/terms.py",
        "gallery/house.py",
    ]


def test_private_names_of_other_modules_are_listed() -> None:
    text = """
        from gallery.a import _private
        loader._loaded.clear()
        monkeypatch.setattr(decode, "_CHILD", 1)
        self._own, Image._meta, a.__class__
    """
    occurrences = names.private_names([module("tests/test_a.py", text)])
    assert [occurrence.name for occurrence in occurrences] == ["_private", "_loaded", "_CHILD"]


def test_programs_in_strings_are_listed() -> None:
    text = """
        run([sys.executable, "-c", "print(1)"])
        run(["sh", "-c", "echo 1"])
        run([sys.executable, "program.py"])
    """
    (occurrence,) = names.inline_programs([module("tests/test_a.py", text)])
    assert occurrence.line == 2
