"""Filters of log records."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError

_LONGEST = 300


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
