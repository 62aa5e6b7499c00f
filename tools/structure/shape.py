"""Sizes of files, functions, packages and tests."""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Iterator, Sequence

from tools.structure.tree import Module

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(modules: Sequence[Module]) -> Iterator[tuple[Module, Function]]:
    """Methods and nested functions included."""
    for module in modules:
        for node in ast.walk(module.syntax):
            if isinstance(node, Function):
                yield module, node


def function_lines(function: Function) -> int:
    """The lines from ``def`` to the end; decorators are not counted."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def tests(modules: Sequence[Module]) -> list[Function]:
    return [node for _, node in functions(modules) if node.name.startswith("test_")]


def words_of_name(test: Function) -> int:
    return len([word for word in test.name.removeprefix("test_").split("_") if word])


def package_sizes(modules: Sequence[Module]) -> Counter[str]:
    """The number of modules directly in each package, without ``__init__.py``."""
    return Counter(str(module.path.parent) for module in modules if not module.is_package)


def percentile(values: Sequence[int], share: float) -> int:
    """Nearest rank: the smallest value that at least this share of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0


def spread(values: Sequence[int]) -> str:
    shares = (percentile(values, 0.5), percentile(values, 0.9), max(values, default=0))
    return " / ".join(str(value) for value in shares)
