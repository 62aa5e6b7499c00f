"""Environment variables that make a child process see an older CPU."""

from __future__ import annotations

import os

import pytest

from tools import older_cpu


def environment(level: str) -> dict[str, str]:
    """All variables of the child process. Skips the test if this machine cannot mask its CPU."""
    try:
        return {**os.environ, **older_cpu.environment(level)}
    except older_cpu.CannotMask as reason:
        pytest.skip(f"NO OLDER CPU: {reason}")
