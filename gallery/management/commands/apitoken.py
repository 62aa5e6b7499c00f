from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from gallery.accounts import token_limits, tokens
from gallery.core.errors import InvalidInput, NotFound, TooManyTokens
from gallery.management.columns import aligned
from gallery.models import User

_MAX_DAYS = token_limits.MAX_LIFETIME.days


class Command(BaseCommand):
    help = "Creates an API token and prints it; or lists or revokes the tokens of a user."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="username of the token's owner")
        parser.add_argument(
            "--days", type=int, help="days until it expires; 0: never (default: GALLERY_TOKEN_TTL)"
        )
        parser.add_argument("--name", default="", help="for the list of tokens")
        parser.add_argument(
            "--scopes",
            help="what it may do, such as read,write; read is always included, admin is for staff "
            "(default: all that the user may have)",
        )
        other = parser.add_mutually_exclusive_group()
        other.add_argument("--list", action="store_true", help="list the tokens of the user")
        other.add_argument("--revoke", metavar="ID", help="revoke a token by its id in the list")

    def handle(self, *, user: str, **options: Any) -> None:
        users = get_user_model()._default_manager
        owner = users.filter(**{users.model.USERNAME_FIELD: user}).first()
        if owner is None:
            raise CommandError(f"There is no user {user!r}.")
        if options["list"]:
            self.stdout.write(_listed(owner))
        elif options["revoke"]:
            self._revoke(owner, options["revoke"])
        else:
            self.stdout.write(_created(owner, **options))

    def _revoke(self, owner: User, grant_id: str) -> None:
        try:
            tokens.revoke(owner, grant_id)
        except NotFound:
            raise CommandError(f"{owner} has no token {grant_id!r}.") from None
        self.stdout.write(f"The token {grant_id} is revoked.")


def _created(owner: Any, *, days: int | None, name: str, scopes: str | None, **options: Any) -> str:
    if not owner.is_active:
        raise CommandError(f"The user {owner.get_username()!r} is not active.")
    if days is not None and not 0 <= days <= _MAX_DAYS:
        raise CommandError(f"--days must be between 0 and {_MAX_DAYS}.")
    if len(name) > tokens.MAX_NAME:
        raise CommandError(f"--name must have at most {tokens.MAX_NAME} characters.")
    chosen = timezone.now() + timedelta(days=days) if days else None
    expiry = tokens.default_expiry() if days is None else chosen
    granted = None if scopes is None else [scope.strip() for scope in scopes.split(",")]
    try:
        _grant, token = tokens.create(owner, expiry=expiry, name=name, scopes=granted)
    except InvalidInput as error:
        raise CommandError(f"--scopes: {error.message}") from None
    except TooManyTokens as error:
        raise CommandError(f"{error.message} Revoke one first.") from None
    return token


def _listed(owner: User) -> str:
    header = ["id", "name", "scopes", "created", "expires", "last used"]
    rows = [
        [
            str(grant.pk),
            grant.name or "-",
            ",".join(grant.scopes),
            _date(grant.token.created),
            _date(grant.token.expiry and token_limits.in_every_time_zone(grant.token.expiry)),
            _date(grant.token.use.used_at if hasattr(grant.token, "use") else None),
        ]
        for grant in tokens.tokens_of(owner)
    ]
    return aligned([header, *rows])


def _date(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else "never"
