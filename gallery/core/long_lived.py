"""Keeps objects that live as long as the process out of full garbage collections.

PyTorch and the models are half a million objects. A full collection visits each of them, which
takes 50 to 180 ms, and no thread serves a request meanwhile.
"""

from __future__ import annotations

import gc
from typing import Any


def exclude() -> None:
    """Exclude all objects that are alive now. Call it when modules and models are loaded."""
    gc.collect()
    gc.freeze()


def include_once() -> None:
    """Let the next full collection visit the excluded objects, and exclude what remains after it.

    Call it when some of them are no longer used, such as a model that was replaced.
    """
    gc.unfreeze()
    if _exclude_after not in gc.callbacks:
        gc.callbacks.append(_exclude_after)


def _exclude_after(phase: str, details: dict[str, Any]) -> None:
    if phase == "stop" and details["generation"] == 2:
        gc.callbacks.remove(_exclude_after)
        gc.freeze()
