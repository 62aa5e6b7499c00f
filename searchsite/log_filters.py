"""Filters of log records."""

from __future__ import annotations

import logging

_LONGEST = 300


class OneShortLine(logging.Filter):
    """For errors that any scanner of the internet causes: no traceback, no long text."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = record.getMessage()[:_LONGEST], ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True
