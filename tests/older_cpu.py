"""Variables that make a child process see an older CPU; the test is skipped where none can."""

from __future__ import annotations

import os

import pytest

from tools import older_cpu


def environment(level: str) -> dict[str, str]:
    """All the variables of the child, on top of this process's own."""
    try:
        return {**os.environ, **older_cpu.environment(level)}
    except older_cpu.CannotMask as reason:
        pytest.skip(f"NO OLDER CPU: {reason}")
