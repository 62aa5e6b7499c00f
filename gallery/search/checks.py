"""Check a search query before anything is computed or read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gallery.core.config import config
from gallery.core.errors import InvalidInput
from gallery.models import WIDTH
from gallery.search.filters import ImageFilter
from gallery.search.query import Crop, Mode, Order, SearchQuery, Term

MAX_TERMS = 16
# A picture is decoded and encoded for each crop, which takes some tenths of a second.
MAX_CROPS = 4
# Liked, and disliked, images each.
MAX_FEEDBACK = 50
# A larger factor than this between two terms leaves nothing of the smaller one.
MAX_WEIGHT = 10.0
_MAX_WORDS = 50
# Fractions of a picture add up to 1 only within the precision of the sender's numbers.
_ROUNDING = 1e-6


def check(query: SearchQuery) -> None:
    """Raises ``InvalidInput``; ``data`` has the ``field``, and its ``limit`` if it has one."""
    _check_text(query.text, field="text")
    for words in (query.phrases, query.excluded_words, query.unlike):
        _at_most(len(words), _MAX_WORDS, field="text", things="phrases and excluded words")
        # PostgreSQL needs some milliseconds for the words of a long text, so all together count.
        _check_text(" ".join(words), field="text")
    check_terms(query.terms)
    _at_most(len(query.liked), MAX_FEEDBACK, field="liked", things="liked images")
    _at_most(len(query.disliked), MAX_FEEDBACK, field="disliked", things="disliked images")
    _check_content(query)
    limit = config().max_results
    if not 1 <= query.limit <= limit:
        message = f"The number of results must be between 1 and {limit}."
        raise InvalidInput(message, field="limit", limit=limit)
    if query.min_similarity is not None and not -1 <= query.min_similarity <= 1:
        raise InvalidInput("The similarity must be between -1 and 1.", field="min_similarity")


def check_terms(terms: Sequence[Term]) -> None:
    """The part of ``check`` that needs nothing else of the query."""
    _at_most(len(terms), MAX_TERMS, field="terms", things="terms")
    crops = sum(term.crop is not None for term in terms)
    _at_most(crops, MAX_CROPS, field="terms", things="crops")
    for index, term in enumerate(terms):
        _check_term_at(index, term)


def _check_content(query: SearchQuery) -> None:
    has_content = query.text.strip() or query.liked or any(term.weight > 0 for term in query.terms)
    if not has_content and (query.terms or query.disliked):
        raise _invalid("terms", "A search needs at least one term with a positive weight.")
    if not has_content and not has_conditions(query):
        raise _invalid("text", "A search needs a text, a picture, an image or a filter.")
    if query.mode == Mode.WORDS and (query.terms or query.liked or query.disliked):
        raise _invalid("mode", "A search by words alone takes no pictures, images or vectors.")


def has_conditions(query: SearchQuery) -> bool:
    """Whether the query restricts the images or orders them by date, so that it may go without a
    text and terms.
    """
    restricts = query.phrases or query.excluded_words or query.unlike
    by_date = query.order != Order.RELEVANCE
    return bool(restricts) or by_date or query.conditions != ImageFilter()


def _check_text(text: str, *, field: str) -> None:
    limit = config().max_query_length
    if len(text) > limit:
        message = f"The search text can have at most {limit} characters."
        raise InvalidInput(message, field=field, limit=limit)
    if "\0" in text:
        raise _invalid(field, "The search text must not contain null characters.")


def _check_term_at(index: int, term: Term) -> None:
    try:
        _check_term(term)
    except InvalidInput as error:
        field = error.data["field"]
        error.data["field"] = f"terms.{index}" + (f".{field}" if field else "")
        raise


def _check_term(term: Term) -> None:
    """``field`` of an error is a field of the term, or empty."""
    contents = (term.text.strip(), term.image_id, term.picture, term.vector)
    if sum(bool(content) for content in contents) != 1:
        kinds = "text, image_id, image_key, image_url and vector"
        raise _invalid("", f"A term needs exactly one of {kinds}.")
    _check_text(term.text, field="text")
    if not (0 < abs(term.weight) <= MAX_WEIGHT):
        message = f"A weight must not be 0 and must be between -{MAX_WEIGHT:g} and {MAX_WEIGHT:g}."
        raise _invalid("weight", message, limit=MAX_WEIGHT)
    if term.vector:
        _check_vector(term.vector)
    if term.crop:
        if not (term.image_id or term.picture):
            raise _invalid("crop", "Only an image or a picture can have a crop.")
        _check_crop(term.crop)


def _check_vector(vector: tuple[float, ...]) -> None:
    if len(vector) != WIDTH:
        message = f"A vector must have {WIDTH} numbers, not {len(vector)}."
        raise _invalid("vector", message, limit=WIDTH)
    if not all(map(math.isfinite, vector)):
        raise _invalid("vector", "The numbers of a vector must be finite.")
    # The norm of larger or smaller numbers does not fit into float32.
    if not 1e-12 < math.hypot(*vector) < 1e12:
        raise _invalid("vector", "The norm of a vector must be between 1e-12 and 1e12.")


def _check_crop(crop: Crop) -> None:
    sides = ((crop.left, crop.width), (crop.top, crop.height))
    if not all(start >= 0 and size > 0 and start + size <= 1 + _ROUNDING for start, size in sides):
        raise _invalid("crop", "A crop must lie inside the picture, in fractions of its sides.")


def _at_most(count: int, limit: int, *, field: str, things: str) -> None:
    if count > limit:
        raise _invalid(field, f"A search can have at most {limit} {things}.", limit=limit)


def _invalid(field: str, message: str, **data: Any) -> InvalidInput:
    return InvalidInput(message, field=field, **data)
