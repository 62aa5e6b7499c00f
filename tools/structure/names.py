"""Names that the glossary of the project rules out, and private names that tests use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tools.structure.tree import Module

# A name is ruled out if one of its words is in this list.
UNWANTED_WORDS = {
    *("trouble", "troubles", "setback", "setbacks", "anticipate", "wake", "awake", "aside"),
    *("leftover", "leftovers", "house", "ailment", "ailments", "closeness", "wording", "wordings"),
    *("tamed", "estrange"),
}
# A class is ruled out if its name begins with this word. Elsewhere "late" is an ordinary word.
UNWANTED_PREFIX = "Late"
# A variable, parameter or attribute is ruled out if its whole name is in this list.
UNWANTED_VARIABLES = {"asked", "said", "told", "found", "made", "wanted"}
UNWANTED_MODULES = {"terms", "tables", "words", "late"}

# Django, namedtuple and os give these a leading underscore, but they are documented.
PUBLIC_DESPITE_UNDERSCORE = {
    *("_meta", "_base_manager", "_default_manager", "_replace", "_asdict", "_fields", "_exit"),
}
_SHELLS = ("sh", "bash", "/bin/sh", "psql")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


class Occurrence(NamedTuple):
    module: Module
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.module.path}:{self.line} `{self.name}`"


def unwanted_names(modules: Sequence[Module]) -> list[Occurrence]:
    """Definitions and assignments only; a use of a name is not a second occurrence."""
    occurrences = []
    for module in modules:
        file_name = module.path.stem
        if file_name in UNWANTED_MODULES or _has_unwanted_word(file_name):
            occurrences.append(Occurrence(module, 1, str(module.path)))
        for line, name in sorted(_defined(module.syntax)):
            if name in UNWANTED_VARIABLES or _has_unwanted_word(name):
                occurrences.append(Occurrence(module, line, name))
    return occurrences


def _has_unwanted_word(name: str) -> bool:
    words = _WORD.findall(name)
    return words[:1] == [UNWANTED_PREFIX] or any(word.lower() in UNWANTED_WORDS for word in words)


def _defined(syntax: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(syntax):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.ClassDef(name=name) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield node.lineno, name
            case ast.alias(asname=str(name)):
                yield node.lineno, name


def private_names(modules: Sequence[Module]) -> list[Occurrence]:
    """``x._y`` unless ``x`` is ``self`` or ``cls``, ``import _y``, and "_y" given to setattr."""
    return [
        Occurrence(module, line, name)
        for module in modules
        for line, name in sorted(_private(module.syntax))
        if not name.startswith("__") and name not in PUBLIC_DESPITE_UNDERSCORE
    ]


def _private(syntax: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(syntax):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                pass
            case ast.Attribute(attr=name) if name.startswith("_"):
                yield node.lineno, name
            case ast.ImportFrom():
                yield from ((node.lineno, a.name) for a in node.names if a.name.startswith("_"))
            case ast.Call(
                func=ast.Attribute(attr="setattr" | "delattr"),
                args=[_, ast.Constant(value=str(name)), *_],
            ) if name.startswith("_"):
                yield node.lineno, name


def inline_programs(modules: Sequence[Module]) -> list[Occurrence]:
    """Programs in strings: the argument ``-c`` of a process that is not a shell or psql."""
    return [
        Occurrence(module, node.lineno, "-c")
        for module in modules
        for node in ast.walk(module.syntax)
        if isinstance(node, ast.List | ast.Tuple | ast.Call)
        and _has_program(node.args if isinstance(node, ast.Call) else node.elts)
    ]


def _has_program(arguments: Sequence[ast.expr]) -> bool:
    values = [one.value if isinstance(one, ast.Constant) else None for one in arguments]
    return "-c" in values and not any(value in _SHELLS for value in values)
