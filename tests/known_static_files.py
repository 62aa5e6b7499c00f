"""WhiteNoise reads the sizes and headers of all static files once, not for each test client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware


@pytest.fixture(scope="session", autouse=True)
def static_folder() -> None:
    """WhiteNoise warns if the folder is missing; tests serve static files from the finders."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session", autouse=True)
def static_files_read_once(static_folder: None) -> Iterator[None]:
    first = WhiteNoiseMiddleware()
    read = WhiteNoiseMiddleware.add_files_from_finders

    def add(middleware: Any) -> None:
        if middleware.static_prefix == first.static_prefix:
            middleware.files.update(first.files)
        else:
            read(middleware)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add)
        yield
