"""The command ``import``."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from gallery.ingest.imports import create, run
from gallery.models import Image, ImportJob
from tests import scenes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "a.png").write_bytes(scenes.plain())
    (tmp_path / "table.csv").write_text("path,caption\na.png,red\nb.png,missing\n,none\n")
    return tmp_path / "table.csv"


def import_(source: Path, *options: str, parts: Sequence[Path] = ()) -> str:
    out = StringIO()
    call_command("import", source, *parts, "--owner", "owner", *options, stdout=out)
    return out.getvalue()


def test_an_import_ends_with_its_report(table: Path, owner: User, tmp_path: Path) -> None:
    text = import_(table, "--tag", "red", "--report", str(tmp_path / "report.csv"))
    assert text == (
        "Rows read: 3; imported: 1; duplicates: 0; dropped: 2.\n  file_missing: 1\n  no_place: 1\n"
    )
    assert len((tmp_path / "report.csv").read_text().splitlines()) == 3
    assert Image.objects.get(owner=owner).tag_names == "red"


def test_the_same_command_continues_an_import(table: Path, owner: User) -> None:
    import_(table, "--background")
    assert not Image.objects.exists()
    assert "imported: 1" in import_(table)
    assert ImportJob.objects.count() == 1


def test_a_problem_ends_the_command(table: Path, owner: User) -> None:
    create.create(table, owner, create.ImportOptions())
    table.write_text("path\n")
    with pytest.raises(CommandError, match="has changed"):
        import_(table)


def test_parts_in_any_order_are_one_import(owner: User, tmp_path: Path) -> None:
    parts = [tmp_path / f"takeout-{number}.zip" for number in (1, 2)]
    for part in parts:
        with zipfile.ZipFile(part, "w") as file:
            file.writestr(f"{part.name}.png", scenes.photo("PNG", size=(30 + len(parts), 20)))
            file.writestr("Takeout/metadata.json", b"{}")
    import_(parts[0], "--background", parts=parts[1:])
    assert "Rows read: 2;" in import_(parts[1], parts=parts[:1])
    assert ImportJob.objects.count() == 1


def test_a_folder_is_watched_and_imported(table: Path, owner: User) -> None:
    import_(table.parent, "--background")
    import_(table.parent, "--watch")
    import_(table.parent, "--watch")
    assert sorted(ImportJob.objects.values_list("kind", flat=True)) == ["folder", "watched"]
    assert "imported: 1" in import_(table.parent)
    assert ImportJob.objects.get(kind="watched").completed_at is None


@pytest.mark.parametrize(
    "options",
    [
        ("--visibility", "private"), ("--tag", "blue"), ("--on-duplicate", "update"),
        ("--embedding-model", "x"),
    ],
)  # fmt: skip
def test_other_options_do_not_continue(options: tuple[str, str], table: Path, owner: User) -> None:
    import_(table, "--background", "--tag", "red")
    key = str(ImportJob.objects.get().pk)
    with pytest.raises(CommandError, match=f"{key}.*another {options[0]}"):
        import_(table, *options)
    assert "imported: 1" in import_(table, "--tag", "red")


def test_ctrl_c_leaves_the_import_to_workers(
    table: Path, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "run_until_done", interrupt)
    with pytest.raises(CommandError, match="workers go on"):
        import_(table)


@pytest.mark.parametrize("mode", ["--background", "--watch"])
def test_a_report_needs_the_end(mode: str, table: Path, owner: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--report"):
        import_(table.parent, mode, "--report", str(tmp_path / "report.csv"))
    assert not ImportJob.objects.exists()


def test_a_report_without_a_folder_fails_first(table: Path, owner: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        import_(table, "--report", str(tmp_path / "no" / "report.csv"))
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize("source", ["no.csv", "table.txt"])
def test_other_sources_are_refused(source: str, table: Path, owner: User) -> None:
    with pytest.raises(CommandError):
        import_(table.with_name(source))


def test_the_owner_has_to_exist(table: Path, db: None) -> None:
    with pytest.raises(CommandError, match="There is no user"):
        import_(table)
