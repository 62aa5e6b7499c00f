"""Typed readers of environment variables.

Each raises ImproperlyConfigured with the variable's name if the value is not valid. An empty
variable counts as unset, except where noted.
"""

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


def required(name: str) -> str:
    if value := os.environ.get(name):
        return value
    raise ImproperlyConfigured(f"{name} is required in production")


def boolean(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    return _default_or_raise(name, value, default, "true or false")


def integer(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if re.fullmatch(r"-?\d+", value):
        return int(value)
    return _default_or_raise(name, value, default, "a whole number")


def share(name: str, default: float) -> float:
    """A number greater than 0 and less than 1."""
    value = os.environ.get(name, "").strip()
    if re.fullmatch(r"0?\.\d*[1-9]\d*", value):
        return float(value)
    return _default_or_raise(name, value, default, "a number between 0 and 1, such as 0.97")


def size(name: str, default: int) -> int:
    """Bytes; accepts ``50M``, ``2G``, ``4096``."""
    return _quantity(name, default, _SIZES, "a size such as 50M")


def duration(name: str, default: int) -> int:
    """Seconds; accepts ``30``, ``5m``, ``2h``, ``1d``."""
    return _quantity(name, default, _SECONDS, "a duration such as 30s")


def strings(name: str, default: list[str]) -> list[str]:
    """A comma-separated list; empty items are dropped. Set but empty, it is an empty list."""
    value = os.environ.get(name)
    if value is None:
        return default
    return [item.strip() for item in value.split(",") if item.strip()]


def choice(name: str, default: str, allowed: set[str]) -> str:
    value = text(name, default)
    if value in allowed:
        return value
    return _default_or_raise(name, value, default, "one of " + ", ".join(sorted(allowed)))


def secret(name: str, fallback: Callable[[], str]) -> str:
    """The variable, or the content of the file named by ``<name>_FILE``, or the fallback."""
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {path}: {error}") from error
    return fallback()


def _quantity(name: str, default: int, units: dict[str, int], expected: str) -> int:
    value = os.environ.get(name, "").strip().lower()
    match = re.fullmatch(r"(\d+)\s*([a-z]?)(?:i?b)?", value)
    if match and match[2] in units:
        return int(match[1]) * units[match[2]]
    return _default_or_raise(name, value, default, expected)


def _default_or_raise(name: str, value: str, default: T, expected: str) -> T:
    if value:
        raise ImproperlyConfigured(f"{name} must be {expected}, not {value!r}")
    return default
