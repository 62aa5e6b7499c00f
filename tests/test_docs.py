"""What the documents promise is what the code has."""

import re
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent
READER = re.compile(
    r'env\.(?:text|required|boolean|integer|size|duration|strings|choice|secret)\(\s*"(\w+)"'
)
DOCUMENTS = ["README.md", "README.zh-Hans.md", "docs/operations.md"]


def variables() -> set[str]:
    return set(READER.findall((HOME / "searchsite" / "settings.py").read_text()))


@pytest.mark.parametrize("name", sorted(variables()))
def test_every_variable_that_is_read_is_documented(name: str) -> None:
    assert any(f"`{name}" in (HOME / document).read_text() for document in DOCUMENTS)


def test_both_readmes_list_the_same_variables() -> None:
    english, chinese = (
        set(re.findall(r"`([A-Z][A-Z_]{3,})`", (HOME / document).read_text()))
        for document in DOCUMENTS[:2]
    )
    assert english == chinese


@pytest.mark.parametrize("document", [*DOCUMENTS, "CONTRIBUTING.md"])
def test_every_local_link_leads_somewhere(document: str) -> None:
    text = (HOME / document).read_text()
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    missing = [link for link in links if not ((HOME / document).parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_exactly(name: str) -> None:
    lines = (HOME / name).read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-r"))]
    assert all(re.fullmatch(r"[\w.\-\[\]]+==[\w.]+", line) for line in wanted)
