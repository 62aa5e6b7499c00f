"""The typed language of the search box: ``owner:ann after:2024-06 "exact words" -word``.

``docs/search-syntax.md`` describes it for users.
"""

from gallery.search.syntax.parse import Operator, ParsedText, parse
from gallery.search.syntax.unparse import add_operator, unparse

__all__ = ["Operator", "ParsedText", "add_operator", "parse", "unparse"]
