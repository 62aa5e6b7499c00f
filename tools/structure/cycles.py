"""Import cycles: groups of modules that import each other, directly or through others."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from tools.structure.tree import Module

Graph = dict[str, set[str]]


def import_graph(modules: Sequence[Module]) -> Graph:
    """Which of these modules each one imports.

    Imports inside functions count. Imports under ``if TYPE_CHECKING:`` do not, because they do not
    happen when the program runs.
    """
    names = {module.name for module in modules}
    return {
        module.name: {
            imported
            for candidates in _imports(module.syntax)
            for imported in _first_known(candidates, names)
            if imported != module.name
        }
        for module in modules
    }


def import_cycles(graph: Graph) -> list[list[str]]:
    """Strongly connected groups of at least two modules, each sorted by name (Tarjan 1972)."""
    return _Search(graph).groups()


def _imports(node: ast.AST) -> Iterator[tuple[str, ...]]:
    """The names that each import may mean, the most specific one first."""
    if isinstance(node, ast.If) and _is_type_checking(node.test):
        for statement in node.orelse:
            yield from _imports(statement)
        return
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.name,)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            yield (f"{node.module}.{alias.name}", node.module)
    for child in ast.iter_child_nodes(node):
        yield from _imports(child)


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _first_known(candidates: tuple[str, ...], names: set[str]) -> list[str]:
    return [name for name in candidates if name in names][:1]


class _Search:
    """Tarjan's depth-first search. The recursion is as deep as the longest chain of imports."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.number: dict[str, int] = {}
        self.lowest: dict[str, int] = {}
        self.stack: list[str] = []
        self.cycles: list[list[str]] = []

    def groups(self) -> list[list[str]]:
        for name in sorted(self.graph):
            if name not in self.number:
                self._visit(name)
        return sorted(self.cycles)

    def _visit(self, name: str) -> None:
        self.number[name] = self.lowest[name] = len(self.number)
        self.stack.append(name)
        for imported in sorted(self.graph[name]):
            if imported not in self.number:
                self._visit(imported)
                self.lowest[name] = min(self.lowest[name], self.lowest[imported])
            elif imported in self.stack:
                self.lowest[name] = min(self.lowest[name], self.number[imported])
        if self.lowest[name] == self.number[name]:
            start = self.stack.index(name)
            group, self.stack = self.stack[start:], self.stack[:start]
            if len(group) > 1:
                self.cycles.append(sorted(group))
