from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from searchsite.local.directories import LocalError
from searchsite.local.house import House


class Command(BaseCommand):
    help = "Run the whole site on this machine: services, web, workers. bin/run calls this."
    # The checks ask a database that does not run yet.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        house = House(base=Path(settings.BASE_DIR), var=Path(settings.VAR), say=self._say)
        try:
            house.run()
        except LocalError as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
