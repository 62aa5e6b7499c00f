"""Who a request is from, by the token in its header ``Authorization``.

A header that is not one valid token is an error, never an anonymous visitor: a program with an
expired token would take the public pictures for all of them.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop
from knox.crypto import hash_token
from knox.models import get_token_model

from gallery.accounts import scopes, tokens
from gallery.core.errors import BadToken, NotFound
from gallery.models import Scope

# The key of the header in ``request.META``. Servers join several headers by commas.
KEY = "HTTP_AUTHORIZATION"
_SCHEMES = {"token": "Token", "bearer": "Bearer"}


def scheme_of(header: str) -> str:
    """For ``WWW-Authenticate``: the scheme of the header, or the one that the site prefers."""
    return _SCHEMES.get(header.partition(" ")[0].lower(), "Token")


def authenticate(header: str) -> Any:
    """The row of the token, with ``user``, ``grant`` and, if it was used before, ``use``.

    One statement; now and then a second one notes the use. ``user`` has the powers of staff only
    if the token has the scope ``admin``. Raises ``BadToken``.
    """
    parts = header.split()
    if len(parts) != 2 or parts[0].lower() not in _SCHEMES:
        raise BadToken(gettext_noop("The header Authorization must be “Token” and one token."))
    row = _valid_row(parts[1])
    if row is None:
        raise BadToken(gettext_noop("Invalid token."))
    if not row.user.is_active:
        raise BadToken(gettext_noop("User inactive or deleted."))
    try:
        tokens.note_use(row)
    except NotFound:  # Deleted since it was read.
        raise BadToken(gettext_noop("Invalid token.")) from None
    if Scope.ADMIN not in row.grant.scopes:
        scopes.drop_powers(row.user)
    return row


def _valid_row(token: str) -> Any:
    if not token.isascii():  # Tokens are hexadecimal digits.
        return None
    valid = Q(expiry__isnull=True) | Q(expiry__gt=Now())
    rows = get_token_model().objects.select_related("user", "use", "grant")
    return rows.filter(valid, digest=hash_token(token), grant__isnull=False).first()
