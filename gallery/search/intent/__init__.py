"""What a sentence in the search box asks for, by rules or by a language model.

``docs/query-intent.md`` describes it for users.
"""

from gallery.search.intent.applied import applied
from gallery.search.intent.intent import Intent, Kind, Part
from gallery.search.intent.known_names import KnownNames, NamesVisibleTo
from gallery.search.intent.understand import as_typed, understand

__all__ = [
    "Intent",
    "Kind",
    "KnownNames",
    "NamesVisibleTo",
    "Part",
    "applied",
    "as_typed",
    "understand",
]
