"""The cursor of a search: where its next page begins. Signed, so that nobody can forge one."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.signing import BadSignature, Signer

from gallery.core.errors import BadCursor
from gallery.models import User
from gallery.search.query import SearchQuery
from gallery.vectorindex.neighbours import Neighbour

_signer = Signer(salt="gallery.search.paging")
_MAX_LENGTH = 500
_MESSAGES = {
    "not_valid": "The cursor is not valid.",
    "other_search": "The cursor belongs to another search.",
    "expired": "The cursor has expired. Search again without one.",
}
# These may differ from page to page. A person's taste may change while they read.
_PAGE_OPTIONS: dict[str, Any] = {"cursor": "", "limit": 1, "with_vector": False, "preferred": ()}


@dataclass(frozen=True, kw_only=True)
class Position:
    """``window`` is the key of a kept window and ``space_id`` the space that it was ranked in.

    The next page begins at the entry ``index`` of the window; or after the neighbour ``after``,
    which follows the window; or, in an order by date, after the image ``dated``. ``shown`` is the
    number of images before it in a list that has no window.
    """

    window: str = ""
    space_id: int | None = None
    index: int = 0
    after: Neighbour | None = None
    dated: tuple[datetime, uuid.UUID] | None = None
    shown: int = 0


def cursor_of(position: Position, query: SearchQuery, user: User) -> str:
    values: dict[str, Any] = {"q": _digest(query, user), "w": position.window}
    if position.space_id is not None:
        values["s"] = position.space_id
    if position.after:
        values["a"] = [position.after.image_id.hex, position.after.distance]
    elif position.dated:
        moment, image_id = position.dated
        values["d"] = [image_id.hex, moment.astimezone(UTC).isoformat()]
        values["m"] = position.shown
    else:
        values["n"] = position.index
    return _signer.sign_object(values)


def position_of(query: SearchQuery, user: User) -> Position | None:
    """The position that the query's cursor stands for; None for the first page.

    Raises ``BadCursor`` for a cursor that this site has not given out for this search and user.
    """
    if not query.cursor:
        return None
    try:
        if len(query.cursor) > _MAX_LENGTH:
            raise BadSignature("too long")
        values = _signer.unsign_object(query.cursor)
    except (BadSignature, ValueError):
        raise bad_cursor("not_valid") from None
    if values["q"] != _digest(query, user):
        raise bad_cursor("other_search")
    after, dated = values.get("a"), values.get("d")
    return Position(
        window=values["w"],
        space_id=values.get("s"),
        index=values.get("n", 0),
        after=Neighbour(uuid.UUID(after[0]), after[1]) if after else None,
        shown=values.get("m", 0),
        dated=(datetime.fromisoformat(dated[1]), uuid.UUID(dated[0])) if dated else None,
    )


def expired() -> BadCursor:
    return bad_cursor("expired")


def bad_cursor(reason: str) -> BadCursor:
    return BadCursor(_MESSAGES[reason], field="cursor", reason=reason)


def _digest(query: SearchQuery, user: User) -> str:
    same_for_all_pages = dataclasses.replace(query, **_PAGE_OPTIONS)
    text = json.dumps([user.pk, same_for_all_pages], default=_plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _plain(value: Any) -> object:
    """A value that does not depend on the process: the order of a set does."""
    if dataclasses.is_dataclass(value):
        return vars(value)
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else str(value)
