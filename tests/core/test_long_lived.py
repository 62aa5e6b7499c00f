import gc
import weakref
from collections.abc import Iterator

import pytest

from gallery.core import long_lived


@pytest.fixture(autouse=True)
def nothing_excluded() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_loaded_is_excluded() -> None:
    long_lived.exclude()
    assert gc.get_freeze_count() > 1000


class Model:
    """Refers to itself, so that only a collection frees it."""

    def __init__(self) -> None:
        self.model = self


def test_unused_models_are_freed_after_all() -> None:
    model = Model()
    alive = weakref.ref(model)
    long_lived.exclude()
    del model
    gc.collect()
    assert alive() is not None
    long_lived.include_once()
    gc.collect()
    assert alive() is None
    assert gc.get_freeze_count() > 1000
