"""The tables of the benchmark, and what building and searching them costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.search_against_rivals import make_workload, row_numbers

from benchmarks.vector_search import load  # isort: skip  # sets up Django
from django.db import connection, transaction

from benchmarks.protocol import milliseconds
from benchmarks.rivals.measured import Point, Vectors, exact_worst, measure
from benchmarks.two_stages.codes import Code
from benchmarks.two_stages.searches import Setting, Stage

_INSERTED = 500


@dataclass(frozen=True)
class Cost:
    build_seconds: float
    megabytes: float
    insert_milliseconds: float


@dataclass(frozen=True)
class Measured:
    """``server`` is the mean CPU time of PostgreSQL for one query, in milliseconds.

    Other programs on the machine change it less than p50.
    """

    point: Point
    server: float


class Gallery:
    """CLIP-like vectors in ``gallery_embedding``, and tables with their codes."""

    def __init__(self, rows: int, queries: int) -> None:
        self.workload = make_workload(rows, queries)
        self.space = load(self.workload.vectors)
        self.numbers = row_numbers()
        self._ids = sorted(self.numbers, key=lambda key: self.numbers[key])
        self._coded: dict[tuple[str, str], dict[bytes, str]] = {}

    def add_queries(self, kind: str, queries: Vectors) -> None:
        self.workload.queries[kind] = queries
        self.workload.worst[kind] = exact_worst(self.workload.vectors, queries)

    @staticmethod
    def add_whole(table: str) -> None:
        """Create ``table`` with vectors only."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE {table} (image_id uuid, vector vector(512) STORAGE PLAIN);"
                f"INSERT INTO {table} SELECT image_id, vector FROM gallery_embedding"
            )
            cursor.execute(f"VACUUM ANALYZE {table}")

    def add_coded(self, table: str, code: Code) -> None:
        """Create ``table`` with vectors and codes, and ``table``_narrow with codes only."""
        columns = f"code {code.sql_type} STORAGE PLAIN"
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE {table} (image_id uuid,"
                f" vector vector(512) STORAGE PLAIN, {columns});"
                f"CREATE TABLE {table}_narrow (image_id uuid, {columns})"
            )
            self._copy_codes(code, f"{table}_narrow")
            cursor.execute(
                f"INSERT INTO {table} SELECT image_id, vector, code FROM gallery_embedding"
                f" JOIN {table}_narrow USING (image_id);"
                f"CREATE UNIQUE INDEX ON {table} (image_id)"
            )
            cursor.execute(f"VACUUM ANALYZE {table}")
            cursor.execute(f"VACUUM ANALYZE {table}_narrow")
        for kind, queries in self.workload.queries.items():
            keys = [query.tobytes() for query in queries]
            texts = code.of_queries(kind, queries)
            self._coded[code.name, kind] = dict(zip(keys, texts, strict=True))

    def _copy_codes(self, code: Code, table: str) -> None:
        texts = code.of_vectors(self.workload.vectors)
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in zip(self._ids, texts, strict=True):
                copy.write_row(row)

    def build(self, stage: Stage) -> Cost:
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '6GB'")
            statement = f"CREATE INDEX {stage.index} {stage.definition()}"
            seconds = milliseconds(lambda: cursor.execute(statement)) / 1000
            cursor.execute("SELECT pg_relation_size(%s::regclass)", [stage.index])
            (size,) = cursor.fetchone()
        return Cost(seconds, size / 1e6, self._insert_milliseconds(stage))

    @staticmethod
    def _insert_milliseconds(stage: Stage) -> float:
        """Of one row, in a statement for many rows that is rolled back."""
        table, columns = stage.indexed, ", ".join(stage.columns)
        with transaction.atomic(), connection.cursor() as cursor:
            statement = (
                f"INSERT INTO {table} SELECT gen_random_uuid(), {columns}"
                f" FROM {table} LIMIT {_INSERTED}"
            )
            took = milliseconds(lambda: cursor.execute(statement))
            transaction.set_rollback(True)
        return took / _INSERTED

    @staticmethod
    def drop(stage: Stage) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX {stage.index}")

    def measure(self, setting: Setting, kind: str) -> Measured:
        code, sql = setting.stage.code, setting.statement()
        coded = self._coded[code.name, kind] if code else {}
        calls = 0

        def search(query: Vectors) -> Sequence[int]:
            nonlocal calls
            calls += 1
            text = str(query.tolist())
            with connection.cursor() as cursor:
                cursor.execute(sql, [text, coded[query.tobytes()] if code else text])
                return [self.numbers[image_id] for (image_id,) in cursor.fetchall()]

        with connection.cursor() as cursor:
            cursor.execute(setting.session())
        before = _server_milliseconds()
        point = measure(str(setting), kind, search, self.workload)
        return Measured(point, (_server_milliseconds() - before) / calls)

    def plan(self, setting: Setting, kind: str) -> str:
        """For checking that the index is used."""
        code, query = setting.stage.code, self.workload.queries[kind][0]
        text = str(query.tolist())
        second = self._coded[code.name, kind][query.tobytes()] if code else text
        with connection.cursor() as cursor:
            cursor.execute(setting.session())
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + setting.statement(), [text, second])
            return "\n".join(line[:200] for (line,) in cursor.fetchall())


def _server_milliseconds() -> float:
    """CPU time of this connection's process, which runs on the same machine (Linux)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e6
