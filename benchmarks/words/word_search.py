"""Planning and execution of searches by words, on generated titles and captions.

    python -m searchsite.local.sandbox -- python -m benchmarks.words.word_search --rows 100000

Each query is a search of an anonymous visitor, or with --superuser of a superuser, who also
searches file names. Its figures are the best of several runs. Other programs delay a search, but
they do not change the CPU time of PostgreSQL, which Linux counts for each process. Loading takes
0.4 ms a picture.
"""

from __future__ import annotations

import argparse
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

import numpy as np  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.models import AnonymousUser  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks.data import worded_gallery  # noqa: E402
from benchmarks.data.worded_gallery import Vocabulary  # noqa: E402
from benchmarks.protocol import milliseconds, revision, table  # noqa: E402
from gallery.models import Image, User  # noqa: E402
from gallery.search.lexical import LexicalMatch, lexical_matches  # noqa: E402

LIMIT = 200
REPETITIONS = 5
# Words that are in 5 to 55 % of the captions, in the camera or the file name of most pictures.
WORST = (
    "man", "man red", "man 照片", "man red woman people", "man red woman people street white",
    "man red woman people street white standing blue beach dog", "a man in the street",
    "img", "img jpg", "canon eos", "canon eos 5d", "img man red canon", "1 2 3", "m", "w", "the",
    "the of in on with and", "照片海边孩子", "照片", "海", "man woman 照片 海边", "i", "in the re",
    "man red woman people street white standing blue beach dog black tree table large sitting",
)  # fmt: skip


def typical(count: int) -> list[str]:
    """One to four words that occur together in one caption, so that each query has an answer."""
    chance, vocabulary = random.Random(1), Vocabulary.of()
    queries = []
    for _ in range(count):
        language = chance.choice((vocabulary.english,) * 4 + (vocabulary.chinese,))
        separator = " " if language is vocabulary.english else ""
        queries.append(separator.join(language.draw(chance, chance.randint(1, 4))))
    return queries


def matches(text: str, user: User) -> list[LexicalMatch]:
    within = Image.objects.visible_to(user)
    return lexical_matches(text, within=within, user=user, limit=LIMIT)


def cpu_ms() -> float:
    """CPU time of PostgreSQL's process for this connection so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone() or (0,)
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def planning_ms(text: str, user: User) -> float:
    """Of all statements of a search."""
    plans: list[float] = []

    def explain(
        execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any
    ) -> Any:
        execute(f"EXPLAIN (SUMMARY, FORMAT JSON) {sql}", values, many, context)
        plans.append(context["cursor"].fetchone()[0][0]["Planning Time"])
        return execute(sql, values, many, context)

    with connection.execute_wrapper(explain):
        matches(text, user)
    return sum(plans)


def measure(text: str, user: User) -> tuple[float, float, float, int]:
    """Milliseconds of planning, of CPU time and of the whole call, and the matches."""
    count = len(matches(text, user))
    cpu, whole = [], []
    for _ in range(REPETITIONS):
        before = cpu_ms()
        whole.append(milliseconds(lambda: matches(text, user)))
        cpu.append(cpu_ms() - before)
    planning = min(planning_ms(text, user) for _ in range(REPETITIONS))
    return planning, min(cpu), min(whole), count


def rows(queries: list[str], name: str, user: User) -> Iterator[list[str]]:
    measured = [measure(text, user) for text in queries]
    for what, pick in (("median", np.median), ("slowest", np.max)):
        figures = [float(pick([row[column] for row in measured])) for column in range(3)]
        yield [f"{name}, {what}", *(f"{figure:.1f}" for figure in figures)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--typical", type=int, default=40)
    parser.add_argument("--superuser", action="store_true")
    options = parser.parse_args()
    user = get_user_model()(is_superuser=True) if options.superuser else AnonymousUser()
    call_command("migrate", verbosity=0)
    if not Image.objects.exists():
        worded_gallery.load(options.rows)
    print(f"Commit {revision()}, {Image.objects.count()} pictures\n")
    queries = typical(options.typical)
    header = ["queries", "planning, ms", "CPU of PostgreSQL, ms", "whole call, ms"]
    print(table(header, list(rows(queries, f"{len(queries)} typical", user))), flush=True)
    header = ["query", "planning, ms", "CPU of PostgreSQL, ms", "whole call, ms", "matches"]
    lines = []
    for text in WORST:
        *times, count = measure(text, user)
        lines.append([text, *(f"{ms:.1f}" for ms in times), str(count)])
    print(f"\n{table(header, lines)}")


if __name__ == "__main__":
    main()
