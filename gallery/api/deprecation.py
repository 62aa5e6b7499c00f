"""How clients learn that an operation will be removed: by headers of its answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.http import http_date


@dataclass(frozen=True)
class Deprecation:
    """Deprecated from ``since`` on, answered at least until ``until``."""

    since: datetime
    until: datetime

    @property
    def headers(self) -> dict[str, str]:
        """RFC 9745 and RFC 8594."""
        since = f"@{self.since.timestamp():.0f}"
        return {"Deprecation": since, "Sunset": http_date(self.until.timestamp())}
