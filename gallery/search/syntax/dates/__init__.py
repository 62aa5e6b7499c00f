"""Dates that people type: ``2024-06``, ``2024-06..2024-08``, ``last summer``, ``去年夏天``."""

from gallery.search.syntax.dates.spans import Span, span_of, start_of

__all__ = ["Span", "span_of", "start_of"]
