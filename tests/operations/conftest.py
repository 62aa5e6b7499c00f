from __future__ import annotations

from tests.embeddings.conftest import models, site_models

__all__ = ["models", "site_models"]
