from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from knox.models import get_token_model


class Command(BaseCommand):
    help = "Creates an API token that does not expire and prints it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="username of the token's owner")

    def handle(self, *, user: str, **options: Any) -> None:
        users = get_user_model()._default_manager
        owner = users.filter(**{users.model.USERNAME_FIELD: user}).first()
        if owner is None:
            raise CommandError(f"There is no user {user!r}.")
        if not owner.is_active:
            raise CommandError(f"The user {user!r} is not active.")
        _row, token = get_token_model().objects.create(user=owner, expiry=None)
        self.stdout.write(token)
