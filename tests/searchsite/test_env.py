"""Environment variables are read with their types and units."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from searchsite.configuration import env


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THING", raising=False)
    monkeypatch.delenv("THING_FILE", raising=False)


@pytest.mark.parametrize(("text", "value"), [("1", True), ("True", True), ("off", False)])
def test_booleans_are_read(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("THING", text)
    assert env.boolean("THING", not value) is value


@pytest.mark.parametrize(("text", "value"), [("4096", 4096), ("50M", 50 << 20), ("2 GiB", 2 << 30)])
def test_sizes_are_read_in_bytes(monkeypatch: pytest.MonkeyPatch, text: str, value: int) -> None:
    monkeypatch.setenv("THING", text)
    assert env.size("THING", 1) == value


@pytest.mark.parametrize(("text", "value"), [("30", 30), ("5m", 300), ("1d", 86400)])
def test_durations_are_read_in_seconds(
    monkeypatch: pytest.MonkeyPatch, text: str, value: int
) -> None:
    monkeypatch.setenv("THING", text)
    assert env.duration("THING", 1) == value


@pytest.mark.parametrize("reader", [env.boolean, env.integer, env.size, env.duration])
def test_an_invalid_value_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, reader: object
) -> None:
    monkeypatch.setenv("THING", "a lot")
    with pytest.raises(ImproperlyConfigured, match="THING"):
        reader("THING", 1)  # type: ignore[operator]


def test_an_unknown_choice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "secretly")
    with pytest.raises(ImproperlyConfigured, match="private, public"):
        env.choice("THING", "public", {"public", "private"})


def test_an_unset_variable_gives_the_default() -> None:
    assert env.size("THING", 7) == 7
    assert env.strings("THING", ["a"]) == ["a"]


def test_a_secret_can_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "secret"))
    assert env.secret("THING", lambda: "fallback") == "hush"


def test_an_unreadable_secret_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING_FILE", "/does/not/exist")
    with pytest.raises(ImproperlyConfigured, match="THING_FILE"):
        env.secret("THING", lambda: "fallback")


def test_a_required_variable_must_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "")
    with pytest.raises(ImproperlyConfigured, match="THING is required"):
        env.required("THING")
