"""Typed readers of environment variables; every error names the variable."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

_SIZES = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def text(name: str, default: str) -> str:
    return os.environ.get(name, "") or default


def boolean(name: str, default: bool) -> bool:
    word = os.environ.get(name, "").strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    return _default_or_refuse(name, word, default, "true or false")


def integer(name: str, default: int) -> int:
    word = os.environ.get(name, "").strip()
    if re.fullmatch(r"-?\d+", word):
        return int(word)
    return _default_or_refuse(name, word, default, "a whole number")


def size(name: str, default: int) -> int:
    """Bytes; accepts ``50M``, ``2G``, ``4096``."""
    return _measured(name, default, _SIZES, "a size such as 50M")


def duration(name: str, default: int) -> int:
    """Seconds; accepts ``30``, ``5m``, ``2h``, ``1d``."""
    return _measured(name, default, _SECONDS, "a duration such as 30s")


def words(name: str, default: list[str]) -> list[str]:
    """A comma-separated list, blanks dropped."""
    value = os.environ.get(name)
    if value is None:
        return default
    return [word.strip() for word in value.split(",") if word.strip()]


def choice(name: str, default: str, allowed: set[str]) -> str:
    word = text(name, default)
    if word in allowed:
        return word
    return _default_or_refuse(name, word, default, "one of " + ", ".join(sorted(allowed)))


def secret(name: str, fallback: Callable[[], str]) -> str:
    """The variable, or the content of the file named by ``<NAME>_FILE``, or the fallback."""
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {path}: {error}") from error
    return fallback()


def _measured(name: str, default: int, units: dict[str, int], expected: str) -> int:
    word = os.environ.get(name, "").strip().lower()
    match = re.fullmatch(r"(\d+)\s*([a-z]?)(?:i?b)?", word)
    if match and match[2] in units:
        return int(match[1]) * units[match[2]]
    return _default_or_refuse(name, word, default, expected)


def _default_or_refuse(name: str, word: str, default: T, expected: str) -> T:
    if word:
        raise ImproperlyConfigured(f"{name} must be {expected}, not {word!r}")
    return default
