"""Filters of log records."""

from __future__ import annotations

import logging
from time import monotonic

from django.db import InterfaceError, OperationalError

_LONGEST = 300
# Seconds.
_QUIET = 60.0


class OneShortLine(logging.Filter):
    """For errors that any scanner of the internet causes: no traceback, no long text."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = record.getMessage()[:_LONGEST], ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


class OneLineWithoutDatabase(logging.Filter):
    """A task that could not reach PostgreSQL: no traceback, because each waiting task fails so.

    Errors that the server reports, such as a deadlock, have a code and keep their traceback.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        cause = error.__cause__ if isinstance(error, OperationalError | InterfaceError) else error
        if cause is not error and getattr(cause, "sqlstate", None) is None:
            record.exc_info = record.exc_text = None
        return True


class OneLineAMinute(logging.Filter):
    """For what fails every second while Redis is down or full: no traceback, rarely repeated."""

    def __init__(self) -> None:
        super().__init__()
        self._passed_at: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if monotonic() - self._passed_at.get(record.msg, -_QUIET) < _QUIET:
            return False
        self._passed_at[record.msg] = monotonic()
        if record.exc_info:
            record.msg, record.args = f"{record.getMessage()}: {record.exc_info[1]}", ()
            record.exc_info = record.exc_text = None
        return True
