from __future__ import annotations

from tests.embeddings.conftest import make_derived, make_searchable, models, site_models, space

__all__ = ["make_derived", "make_searchable", "models", "site_models", "space"]
