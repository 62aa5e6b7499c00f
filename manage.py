#!/usr/bin/env python
import os
import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility, base
from django.db import OperationalError

# bin/manage sets it: usage and errors name the command that people type.
PROGRAM = os.environ.get("SEARCHSITE_MANAGE") or "manage.py"


class Parser(base.CommandParser):
    def __init__(self, *, prog: str, **options: Any) -> None:
        super().__init__(prog=prog.replace("manage.py", PROGRAM, 1), **options)


def execute() -> None:
    # Django names the parser's program after the file, and offers no setting for it.
    base.CommandParser = Parser  # type: ignore[assignment, misc]
    utility = ManagementUtility(sys.argv)
    utility.prog_name = PROGRAM
    utility.execute()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
    try:
        execute()
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error))
    except OperationalError as error:
        # Errors from PostgreSQL itself have an SQLSTATE; without one, no server was reached.
        if getattr(error.__cause__, "sqlstate", None) or "--traceback" in sys.argv:
            raise
        sys.exit(f"The database cannot be reached (does bin/run run?): {error}")


if __name__ == "__main__":
    main()
