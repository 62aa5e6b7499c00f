from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.accounts import tokens

MAX_DAYS = 36_500


class Command(BaseCommand):
    help = "Creates an API token and prints it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="username of the token's owner")
        parser.add_argument(
            "--days", type=int, help="days until it expires; 0: never (default: GALLERY_TOKEN_TTL)"
        )

    def handle(self, *, user: str, days: int | None, **options: Any) -> None:
        users = get_user_model()._default_manager
        owner = users.filter(**{users.model.USERNAME_FIELD: user}).first()
        if owner is None:
            raise CommandError(f"There is no user {user!r}.")
        if not owner.is_active:
            raise CommandError(f"The user {user!r} is not active.")
        if days is not None and not 0 <= days <= MAX_DAYS:
            raise CommandError(f"--days must be between 0 and {MAX_DAYS}.")
        chosen = timedelta(days=days) if days else None
        expiry = tokens.lifetime() if days is None else chosen
        _row, token = tokens.create(owner, expiry=expiry)
        self.stdout.write(token)
