"""Django's command, one process at a time: containers of several machines may start together."""

from time import sleep
from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from gallery.models.locks import Lock, if_free

_POLL_SECONDS = 0.3


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] != DEFAULT_DB_ALIAS:
            super().handle(*args, **options)
            return
        is_first_try = True
        while not self._has_migrated(is_first_try, *args, **options):
            is_first_try = False
            # Not a statement that waits: CREATE INDEX CONCURRENTLY of the other process would wait
            # for that statement in turn.
            sleep(_POLL_SECONDS)

    def _has_migrated(self, is_first_try: bool, *args: Any, **options: Any) -> bool:
        with if_free(Lock.MIGRATE) as is_free:
            if is_free:
                super().handle(*args, **options)
            elif is_first_try and options["verbosity"]:
                self.stdout.write("Waiting for another process that migrates this database…")
        return bool(is_free)
