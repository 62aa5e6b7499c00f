"""Indexes over codes and over whole vectors, and the SQL that searches with them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.two_stages.codes import Code

_CANDIDATES = (50, 100, 200, 400, 1000, 2000)
_SHARES = (0.002, 0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.09, 0.13)  # of the lists
_EFFORTS = (50, 100, 200, 400, 1000)  # of HNSW; 1,000 is pgvector's limit
_MORE_THAN_TEN = 18  # 16-bit distances are rounded, as in gallery.vectorindex.statements


@dataclass(frozen=True)
class Stage:
    """An index, or with ``scan`` none: then the first stage reads all codes.

    ``code`` is None if the index is over whole vectors, which are 16-bit if ``half``. ``lists`` is
    0 for HNSW. ``narrow``: the codes are in a table without vectors, and the vectors of the
    candidates are read by primary key.
    """

    table: str
    code: Code | None
    lists: int = 0
    half: bool = False
    scan: bool = False
    narrow: bool = False

    @property
    def indexed(self) -> str:
        return f"{self.table}_narrow" if self.narrow else self.table

    @property
    def index(self) -> str:
        return f"{self.indexed}_searched"

    @property
    def columns(self) -> list[str]:
        """Of the indexed table, besides the image."""
        return ["vector"] * (not self.narrow) + ["code"] * (self.code is not None)

    @property
    def label(self) -> str:
        name = self.code.name if self.code else "whole vectors"
        if self.scan:
            return f"{name}, no index"
        kind = f"ivfflat, {self.lists} lists" if self.lists else "HNSW"
        return f"{name}{', 16-bit' if self.half else ''}, {kind}"

    def definition(self) -> str:
        """What follows CREATE INDEX and its name."""
        if self.code:
            column = f"code {self.code.operator_class}"
        elif self.half:
            column = "(vector::halfvec(512)) halfvec_cosine_ops"
        else:
            column = "vector vector_cosine_ops"
        method = "ivfflat" if self.lists else "hnsw"
        options = f" WITH (lists = {self.lists})" if self.lists else ""
        return f"ON {self.indexed} USING {method} ({column}){options}"

    def settings(self) -> Iterator[list[Setting]]:
        """Groups with the same effort, few candidates first."""
        if self.scan:
            yield [Setting(self, 0, count) for count in _CANDIDATES]
        elif not self.lists:
            for effort in _EFFORTS:
                yield [Setting(self, effort, effort if self.code else 10)]
        else:
            counts = _CANDIDATES if self.code else (_MORE_THAN_TEN if self.half else 10,)
            for probes in sorted({math.ceil(share * self.lists) for share in _SHARES}):
                yield [Setting(self, probes, count) for count in counts]


@dataclass(frozen=True)
class Setting:
    """``effort`` is the number of probes, or ``ef_search``."""

    stage: Stage
    effort: int
    candidates: int

    def __str__(self) -> str:
        parts = [self.stage.label]
        if not self.stage.scan:
            parts.append(f"{'probes' if self.stage.lists else 'ef_search'} {self.effort}")
        if self.stage.code:
            parts.append(f"{self.candidates} candidates")
        return ", ".join(parts)

    def session(self) -> str:
        """Statements that prepare the session."""
        common = "RESET ALL; SET max_parallel_workers_per_gather = 0"
        if self.stage.scan:
            return common
        name = "ivfflat.probes" if self.stage.lists else "hnsw.ef_search"
        # As in gallery.vectorindex.statements: the order of the index is to be used.
        return f"{common}; SET enable_sort = off; SET {name} = {self.effort}"

    def statement(self) -> str:
        """Takes the vector, and then what the first stage compares."""
        stage = self.stage
        if stage.code:
            order = f"code {stage.code.operator} %s::{stage.code.sql_type}"
        elif stage.half:
            order = "vector::halfvec(512) <=> %s::halfvec(512)"
        else:
            order = "vector <=> %s::vector"
        distance = "vector <=> %s::vector AS distance"
        first = f"ORDER BY {order} LIMIT {self.candidates}"
        if stage.narrow:
            best = (
                f"SELECT image_id, {distance} FROM"
                f" (SELECT image_id FROM {stage.indexed} {first}) AS candidates"
                f" JOIN {stage.table} USING (image_id)"
            )
        else:
            best = f"SELECT image_id, {distance} FROM {stage.table} {first}"
        return f"SELECT image_id FROM ({best}) AS best ORDER BY distance + 0 LIMIT 10"
