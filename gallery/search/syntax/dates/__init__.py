"""Dates that people type: ``2024-06``, ``2024-06..2024-08``, ``last summer``, ``去年夏天``."""

from gallery.search.syntax.dates.period import Period
from gallery.search.syntax.dates.spans import Span, period_of, span_of, start_of

__all__ = ["Period", "Span", "period_of", "span_of", "start_of"]
