import errno
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from searchsite.local.errors import LocalError
from searchsite.local.site import LocalSite

_REASONS_OF_THE_MACHINE = {errno.ENOSPC, errno.EACCES, errno.EPERM, errno.EROFS}


class Command(BaseCommand):
    help = "Run the whole site on this machine: services, web, workers. bin/run calls this."
    # The checks need the database, which does not run yet.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        site = LocalSite(base=Path(settings.BASE_DIR), var=Path(settings.VAR), report=self._report)
        try:
            site.run()
        except LocalError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            if error.errno not in _REASONS_OF_THE_MACHINE:
                raise
            raise CommandError(
                f"{error.filename or settings.VAR}: {error.strerror}. The data is in "
                f"{settings.VAR}; SEARCHSITE_VAR names another directory."
            ) from error

    def _report(self, line: str) -> None:
        """The site goes on without its console, for instance a file on a full disk."""
        with suppress(OSError):
            self.stdout.write(line)
            self.stdout.flush()
