"""Long work in time slices, so that a worker can be stopped between two of them."""

from __future__ import annotations

import time
from collections.abc import Callable


def run(
    step: Callable[[], bool],
    seconds: float,
    *,
    others_wait: Callable[[], bool] = lambda: False,
) -> bool:
    """Repeat ``step`` for about ``seconds``, at least once; whether there is more to do.

    ``step`` does one batch and returns False if nothing is left. The slice ends early when
    ``others_wait``, which is called after each batch.
    """
    deadline = time.monotonic() + seconds
    while step():
        if time.monotonic() >= deadline or others_wait():
            return True
    return False
