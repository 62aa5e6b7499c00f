"""What the time of a search tells about words that only private pictures of others have.

    python -m searchsite.local.sandbox -- python -m benchmarks.words.hidden_words --rows 100000

The searches are those of an anonymous visitor; the figures are medians.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
from collections.abc import Iterator
from functools import partial

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

from django.contrib.auth.models import AnonymousUser  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks.data import worded_gallery  # noqa: E402
from benchmarks.protocol import milliseconds, revision, table  # noqa: E402
from benchmarks.words.word_search import cpu_ms, matches  # noqa: E402
from gallery.models import Image, Visibility  # noqa: E402

REPETITIONS = 15
# Words that no generated picture has, and in how many private captions they are written.
HIDDEN = {"qqzero": 0, "qqten": 10, "qqhundred": 100, "qqthousand": 1000, "qqmany": 8000}


def rows() -> Iterator[list[str]]:
    for word, count in HIDDEN.items():
        search = partial(matches, word, AnonymousUser())
        cpu, whole = [], []
        for _ in range(REPETITIONS):
            before = cpu_ms()
            whole.append(milliseconds(search))
            cpu.append(cpu_ms() - before)
        medians = (statistics.median(times) for times in (cpu, whole))
        yield [str(count), *(f"{median:.1f}" for median in medians)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    worded_gallery.load(options.rows)
    private = Image.objects.filter(visibility=Visibility.PRIVATE).values_list("pk", flat=True)
    keys = iter(private.order_by("pk"))
    for word, count in HIDDEN.items():
        chosen = list(itertools.islice(keys, count))
        Image.objects.filter(pk__in=chosen).update(caption=f"A picture with {word}")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) gallery_image")
    print(f"Commit {revision()}, {Image.objects.count()} pictures\n")
    header = ["hidden pictures with the word", "CPU of PostgreSQL, ms", "whole call, ms"]
    print(table(header, list(rows())))


if __name__ == "__main__":
    main()
