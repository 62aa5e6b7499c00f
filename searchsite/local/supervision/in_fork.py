"""Run a function in a forked process, so that the memory it needs is freed when it ends."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection

from django.core.management import CommandError

from searchsite.local.errors import LocalError


def in_fork(function: Callable[[], str]) -> str:
    """Return the function's result.

    Raises LocalError if the function raises CommandError or if the process ends without a result.
    The fork has all modules imported already, so it starts faster than a new process.
    """
    context = multiprocessing.get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_send_result, args=(function, writer), daemon=True)
    process.start()
    writer.close()
    try:
        result: str | CommandError = reader.recv()
    except EOFError:
        raise LocalError("The process ended early; see the output above.") from None
    finally:
        process.join()
    if isinstance(result, CommandError):
        raise LocalError(str(result))
    return result


def _send_result(function: Callable[[], str], writer: Connection) -> None:
    try:
        writer.send(function())
    except CommandError as error:
        writer.send(CommandError(str(error)))
