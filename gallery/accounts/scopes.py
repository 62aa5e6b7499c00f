"""Which scopes an API token may have, and what a request with a token needs.

Every token reads. ``write`` is for changes. ``admin`` is for what staff and superusers may do
beyond other people; without it, their token acts as a token of an ordinary account.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from gallery.core.errors import InvalidInput, ScopeMissing
from gallery.models import Scope, User


def available_to(user: User) -> list[str]:
    """All scopes that a token of the person may have."""
    return [scope.value for scope in Scope if scope != Scope.ADMIN or _is_powerful(user)]


def checked(scopes: Collection[str], user: User) -> list[str]:
    """The scopes of a new token, in their order, with ``read``. Raises ``InvalidInput``."""
    unknown = sorted(set(scopes) - set(Scope.values))
    if unknown:
        raise InvalidInput("Scopes are read, write and admin.", field="scopes")
    if Scope.ADMIN in scopes and not _is_powerful(user):
        raise InvalidInput("Only staff may have the scope admin.", field="scopes")
    return [scope.value for scope in Scope if scope in scopes or scope == Scope.READ]


def require(token: Any, *scopes: str) -> None:
    """Raises ``ScopeMissing`` if the token has not all of the scopes."""
    for scope in scopes:
        if scope not in token.grant.scopes:
            raise ScopeMissing(f"The token does not have the scope {scope}.", scope=scope)


def drop_powers(user: User) -> None:
    """Let the object act as an ordinary account. It must not be saved afterwards."""
    person = cast(Any, user)
    person.is_staff = person.is_superuser = False


def _is_powerful(user: User) -> bool:
    return getattr(user, "is_staff", False) or getattr(user, "is_superuser", False)
