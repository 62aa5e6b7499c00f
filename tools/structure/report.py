"""The report of ``python -m tools.structure``: a Markdown table and lists below it."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from tools.structure import names, shape
from tools.structure.cycles import import_cycles, import_graph
from tools.structure.tree import EVERYTHING, SOURCE, TESTS, Module, Tree

LARGE_PACKAGE = 10  # modules
LONG_TEST_NAME = 8  # words

# The files for changing the encoder as issue 9 counted them at c412375 (990 lines of source and
# 1,554 of tests), and the packages that replace them.
_EARLIER = (
    *("anticipate", "drop", "fill", "fill_jobs", "fill_setbacks", "load_attempts", "progress"),
    *("switch", "trouble"),
)
_EARLIER_TESTS = (
    *("encoder_change_command", "fill", "fill_setbacks", "load_attempts", "lost_encoder"),
    *("switch", "switch_back", "switch_under_load", "waiting"),
)
CHANGEOVER = (
    *(f"gallery/embeddings/{name}.py" for name in _EARLIER),
    *("gallery/operations/changeover.py", "gallery/changeover/*.py"),
)
# Each sum counts the files of these patterns that exist, blank lines included.
SUMS = {
    "changing the encoder": CHANGEOVER,
    "the same, with spaces, known models and rows": (
        *CHANGEOVER,
        *("gallery/embeddings/spaces.py", "gallery/embeddings/known_models.py"),
        *("gallery/models/filling.py", "gallery/models/backfill.py"),
    ),
    "shared job machinery": ("gallery/jobs/*.py", "gallery/models/job.py"),
    "tests of changing the encoder": (
        *(f"tests/embeddings/test_{name}.py" for name in _EARLIER_TESTS),
        "tests/changeover/*.py",
    ),
}


def report(trees: Sequence[Tree]) -> str:
    """One column per tree; the lists describe the last tree."""
    columns = [_measure(tree) for tree in trees]
    lines = [
        _line("", *(tree.title for tree in trees)),
        _line("---", *("---" for _ in trees)),
        *(_line(name, *(column[name] for column in columns)) for name in columns[0]),
    ]
    return "\n".join([*lines, *_counted_files(trees), *_lists(trees[-1])])


def _measure(tree: Tree) -> dict[str, str]:
    source, tests = tree.within(SOURCE), tree.within(TESTS)
    return {
        **_sizes("source", source),
        "source: import cycles": str(len(import_cycles(import_graph(source)))),
        **_sizes("tests", tests),
        **_test_habits(tests),
        "unwanted names": str(len(names.unwanted_names(tree.within(EVERYTHING)))),
        **{
            f"lines: {name}": str(sum(module.lines for module in tree.matching(patterns)))
            for name, patterns in SUMS.items()
        },
    }


def _sizes(title: str, modules: Sequence[Module]) -> dict[str, str]:
    packages = shape.package_sizes(modules).most_common()
    large = [f"{name} {size}" for name, size in packages if size > LARGE_PACKAGE]
    functions = [shape.function_lines(node) for _, node in shape.functions(modules)]
    return {
        f"{title}: files": str(len(modules)),
        f"{title}: non-blank lines": str(sum(module.nonblank_lines for module in modules)),
        f"{title}: largest package, modules": " ".join(map(str, packages[0])) if packages else "–",
        f"{title}: packages above {LARGE_PACKAGE} modules": ", ".join(large) or "none",
        f"{title}: lines of a file, p50 / p90 / max": shape.spread([m.lines for m in modules]),
        f"{title}: lines of a function, p50 / p90 / max": shape.spread(functions),
    }


def _test_habits(modules: Sequence[Module]) -> dict[str, str]:
    tests = shape.tests(modules)
    words = [shape.words_of_name(test) for test in tests]
    median = statistics.median([shape.function_lines(test) for test in tests] or [0])
    return {
        "tests: test functions": str(len(tests)),
        "tests: lines of a test, median": f"{median:g}",
        "tests: longest name, words": str(max(words, default=0)),
        f"tests: names above {LONG_TEST_NAME} words": str(
            sum(count > LONG_TEST_NAME for count in words)
        ),
        "tests: uses of private names": str(len(names.private_names(modules))),
        "tests: programs in strings (-c)": str(len(names.inline_programs(modules))),
    }


def _counted_files(trees: Sequence[Tree]) -> list[str]:
    lines = []
    for name, patterns in SUMS.items():
        lines += ["", f'Files counted as "{name}", blank lines included:', ""]
        for tree in trees:
            paths = ", ".join(str(module.path) for module in tree.matching(patterns))
            lines.append(f"- {tree.title}: {paths or 'none'}")
    return lines


def _lists(tree: Tree) -> list[str]:
    source, tests = tree.within(SOURCE), tree.within(TESTS)
    groups = [" ↔ ".join(group) for group in import_cycles(import_graph(source))]
    return [
        *_list(tree, "Import cycles", groups),
        *_list(tree, "Unwanted names", names.unwanted_names(tree.within(EVERYTHING))),
        *_list(tree, "Private names used by tests", names.private_names(tests)),
        *_list(tree, "Programs in strings", names.inline_programs(tests)),
    ]


def _list(tree: Tree, title: str, items: Iterable[object]) -> list[str]:
    entries = [f"- {item}" for item in items]
    return ["", f"{title}, {tree.title}:", "", *(entries or ["- none"])]


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"
