"""What is known of a picture of a folder or archive from the files beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any


def fields_of(name: str, names: Collection[str], read: Callable[[str], bytes]) -> dict[str, Any]:
    """The fields of a row; ``names`` are the paths of all files in the picture's folder."""
    return {}
