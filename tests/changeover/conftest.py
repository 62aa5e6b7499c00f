from __future__ import annotations

from tests.embeddings.conftest import (  # noqa: F401 - fixtures
    make_derived,
    make_searchable,
    models,
    site_models,
    space,
)
