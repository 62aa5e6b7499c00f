"""Compares the documents with the code."""

import itertools
import re
from pathlib import Path

import pytest

from searchsite.local import machine

PROJECT_FOLDER = Path(__file__).resolve().parent.parent
READER = re.compile(
    r'env\.(?:text|required|boolean|integer|size|duration|strings|choice|secret)\(\s*"(\w+)"'
)
DOCUMENTS = ["README.md", "README.zh-Hans.md", "docs/operations.md"]
OTHERS = ["CONTRIBUTING.md", "docs/comparison.md", "docs/installation.md"]


def variables() -> set[str]:
    programs = (PROJECT_FOLDER / "searchsite").rglob("*.py")
    return {name for program in programs for name in READER.findall(program.read_text())}


@pytest.mark.parametrize("name", sorted(variables()))
def test_every_environment_variable_is_documented(name: str) -> None:
    documents = [*DOCUMENTS, "docs/ask.md"]
    assert any(f"`{name}" in (PROJECT_FOLDER / document).read_text() for document in documents)


def test_both_readmes_list_the_same_variables() -> None:
    english, chinese = (
        set(re.findall(r"`([A-Z][A-Z_]{3,})`", (PROJECT_FOLDER / document).read_text()))
        for document in DOCUMENTS[:2]
    )
    assert english == chinese


@pytest.mark.parametrize("document", [*DOCUMENTS[:2], "docs/installation.md"])
def test_documents_state_what_the_program_requires(
    document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In gigabytes: memory, and disk with and without CUDA."""
    monkeypatch.setattr("sys.platform", "linux")
    for source in ("PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(source, raising=False)
    with_cuda = re.findall(r"([\d.]+ GB) of", " ".join(machine.needs()))
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://example.org")
    without = re.findall(r"([\d.]+ GB) of", " ".join(machine.needs()))
    figures = {*with_cuda[:2], without[0]}
    assert len(figures) == 3
    assert figures <= set(re.findall(r"[\d.]+ GB", (PROJECT_FOLDER / document).read_text()))


@pytest.mark.parametrize("document", [*DOCUMENTS, *OTHERS])
def test_local_links_are_not_broken(document: str) -> None:
    text = (PROJECT_FOLDER / document).read_text()
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    missing = [link for link in links if not ((PROJECT_FOLDER / document).parent / link).exists()]
    assert missing == []


def test_the_compared_features_have_tests() -> None:
    names = re.findall(r"`(tests/[^`]+\.py)`", (PROJECT_FOLDER / "docs/comparison.md").read_text())
    assert len(names) > 10
    assert [name for name in names if not (PROJECT_FOLDER / name).exists()] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_exactly(name: str) -> None:
    lines = (PROJECT_FOLDER / name).read_text().splitlines()
    requirements = [line for line in lines if line and not line.startswith(("#", "-r"))]
    assert all(re.fullmatch(r"[\w.\-\[\]]+==[\w.]+(; .+)?", line) for line in requirements)


@pytest.mark.parametrize("document", DOCUMENTS[:2])
def test_comparisons_agree_with_their_sources(document: str) -> None:
    """Both READMEs have lines of docs/comparison.md, without their explanations."""
    sources = [cells[2:] for cells in compared("docs/comparison.md")]
    chinese = {"是": "yes", "否": "no", "部分": "partly", "？": "?", "没有向量": "no vectors"}
    lines = compared(document)
    assert len(lines) > 10
    for _, _, *cells in lines:
        words = [chinese.get(cell, cell) for cell in cells]
        assert any(
            all(detail.startswith(word) for detail, word in zip(details, words, strict=True))
            for details in sources
        )


def compared(document: str) -> list[list[str]]:
    table = (PROJECT_FOLDER / document).read_text().partition("| | Searchsite | Immich |")[2]
    rows = itertools.takewhile(lambda line: line.startswith("|"), table.splitlines()[2:])
    return [[cell.strip() for cell in row.split("|")[:-1]] for row in rows]
