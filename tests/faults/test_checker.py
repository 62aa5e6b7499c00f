"""The checker reports planted losses, copies, unfinished work and wrong results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults.checker import Report, check
from tests.faults.stored import SIZES, Row, Stored
from tests.faults.uploads.journal import NO_ANSWER, Journal

SHA256 = "5a" * 32
ROW = Row("one", SHA256, "originals/one.png", "ready", vectors=1, norm=1.0)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal")
    yield journal
    journal.close()


def upload(journal: Journal, status: int = 201, key: str = "one") -> None:
    journal.request("upload", 1, SHA256)
    journal.answer("upload", 1, SHA256, status, key)


def delete(journal: Journal, status: int = 204) -> None:
    journal.request("delete", 1, SHA256)
    journal.answer("delete", 1, SHA256, status)


def with_files(*rows: Row) -> Stored:
    """These rows with their files."""
    originals = {row.original: row.sha256 for row in rows}
    return Stored(list(rows), originals, {row.id: set(SIZES) for row in rows})


def checked(journal: Journal, stored: Stored) -> Report:
    return check(journal.entries(), stored)


def test_a_stored_upload_is_good(journal: Journal) -> None:
    upload(journal)
    upload(journal, status=200)
    assert checked(journal, with_files(ROW)).is_good


def test_an_upload_without_a_row_is_lost(journal: Journal) -> None:
    upload(journal)
    assert checked(journal, Stored()).lost


def test_another_id_than_answered_is_lost(journal: Journal) -> None:
    upload(journal)
    assert checked(journal, with_files(replace(ROW, id="other"))).lost


@pytest.mark.parametrize("status", [NO_ANSWER, 503, 504, 507])
def test_an_upload_without_success_may_be_missing(journal: Journal, status: int) -> None:
    upload(journal, status)
    assert checked(journal, Stored()).is_good


@pytest.mark.parametrize("originals", [{}, {ROW.original: "other bytes"}])
def test_a_row_without_its_bytes_is_lost(journal: Journal, originals: dict[str, str]) -> None:
    upload(journal)
    stored = with_files(ROW)
    stored.originals = originals
    assert checked(journal, stored).lost


def test_two_rows_are_duplicated(journal: Journal) -> None:
    upload(journal)
    assert checked(journal, with_files(ROW, replace(ROW, id="two"))).duplicated


def test_two_rows_without_a_request_are_duplicated(journal: Journal) -> None:
    report = checked(journal, with_files(ROW, replace(ROW, id="two")))
    assert report.duplicated == [f"{SHA256} has 2 rows"]


def test_two_ids_for_one_picture_are_duplicated(journal: Journal) -> None:
    upload(journal)
    upload(journal, key="two")
    assert checked(journal, with_files(ROW)).duplicated


def test_two_vectors_are_duplicated(journal: Journal) -> None:
    assert checked(journal, with_files(replace(ROW, vectors=2))).duplicated


@pytest.mark.parametrize("state", ["stored", "derived"])
def test_unfinished_work_is_stuck(journal: Journal, state: str) -> None:
    assert checked(journal, with_files(replace(ROW, state=state))).stuck


def test_finished_work_with_a_lease_is_stuck(journal: Journal) -> None:
    assert checked(journal, with_files(replace(ROW, is_leased=True))).stuck


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "failed"},
        {"state": "quarantined"},
        {"vectors": 0, "norm": None},
        {"norm": 0.9},
    ],
)
def test_an_unfounded_state_is_wrong(journal: Journal, changes: dict[str, Any]) -> None:
    assert checked(journal, with_files(replace(ROW, **changes))).wrong


def test_a_failure_with_a_reason_is_good(journal: Journal) -> None:
    upload(journal)
    assert checked(journal, with_files(replace(ROW, state="failed", problem="corrupt"))).is_good


def test_a_lost_preview_is_wrong(journal: Journal) -> None:
    stored = with_files(ROW)
    stored.previews["one"].remove("medium")
    assert checked(journal, stored).wrong


def test_a_deleted_picture_may_not_be_back(journal: Journal) -> None:
    upload(journal)
    delete(journal)
    assert checked(journal, with_files(ROW)).wrong


def test_an_upload_after_a_deletion_counts(journal: Journal) -> None:
    upload(journal)
    delete(journal)
    upload(journal, key="two")
    assert checked(journal, with_files(replace(ROW, id="two"))).is_good
    assert checked(journal, Stored()).lost


def test_a_deletion_without_an_answer_is_open(journal: Journal) -> None:
    upload(journal)
    delete(journal, NO_ANSWER)
    assert checked(journal, Stored()).is_good
    assert checked(journal, with_files(ROW)).is_good


def test_a_late_upload_may_follow_a_deletion(journal: Journal) -> None:
    """The server still had the first request when the second was answered."""
    upload(journal, NO_ANSWER)
    upload(journal)
    delete(journal)
    assert checked(journal, with_files(replace(ROW, id="late"))).is_good


def test_an_error_of_the_program_is_wrong(journal: Journal) -> None:
    upload(journal, 500)
    assert checked(journal, with_files(ROW)).wrong


def test_files_without_a_row_are_orphans(journal: Journal) -> None:
    stored = with_files(ROW)
    stored.rows.clear()
    assert len(checked(journal, stored).orphans) == 2
    stored.deleted.add("one")
    assert not checked(journal, stored).orphans
