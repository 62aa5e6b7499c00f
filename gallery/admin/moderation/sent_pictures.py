"""Which pictures a form of the admin names, and in which states it showed them."""

from __future__ import annotations

import uuid

from gallery.core.errors import InvalidInput

# Pictures on one page.
MOST_SHOWN = 24


def keys_of(texts: list[str], most: int = MOST_SHOWN) -> list[uuid.UUID]:
    if len(texts) > most:
        raise InvalidInput(f"Send at most {most} pictures.")
    try:
        return [uuid.UUID(text) for text in texts]
    except ValueError as error:
        raise InvalidInput("A picture must be given by its key.", parameter="image") from error


def shown_states(texts: list[str], most: int = MOST_SHOWN) -> dict[uuid.UUID, str]:
    """Read fields of the form ``key:state``."""
    pairs = [text.partition(":") for text in texts]
    keys = keys_of([key for key, _colon, _state in pairs], most)
    return dict(zip(keys, (state for _key, _colon, state in pairs), strict=True))
