"""Work whose memory we do not want to keep: done in a fork, which has everything imported."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection

from django.core.management import CommandError

from searchsite.local.directories import LocalError


def aside(work: Callable[[], str]) -> str:
    """The answer of ``work``; its ``CommandError`` becomes a ``LocalError`` here."""
    context = multiprocessing.get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(work, writer), daemon=True)
    process.start()
    writer.close()
    try:
        answer: str | CommandError = reader.recv()
    except EOFError:
        raise LocalError("It ended early; the reason is above.") from None
    finally:
        process.join()
    if isinstance(answer, CommandError):
        raise LocalError(str(answer))
    return answer


def _answer(work: Callable[[], str], writer: Connection) -> None:
    try:
        writer.send(work())
    except CommandError as error:
        writer.send(CommandError(str(error)))
