"""Keeps named children alive and stops them in order. One thread, one loop."""

import os
import selectors
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from searchsite.local.logfile import LogFile
from searchsite.local.process import Child, Program

_TICK = 0.2
_FIRST_DELAY = 0.2
_LONGEST_DELAY = 30.0
# A child that lived this long was healthy: its next death starts the delays from the beginning.
_HEALTHY_AFTER = 20.0


@dataclass
class _Post:
    program: Program
    log: LogFile
    child: Child | None = None
    delay: float = _FIRST_DELAY
    revive_at: float = 0.0
    listens_to: int | None = None
    rest: bytes = b""


class Supervisor:
    """Start, watch and stop from the main thread: the kernel ties children to their thread."""

    def __init__(self, logs: Path, say: Callable[[str], None]) -> None:
        self._logs = logs
        self._say = say
        self._posts: dict[str, _Post] = {}
        self._selector = selectors.DefaultSelector()
        self._hurry = False

    def start(self, program: Program) -> None:
        post = _Post(program, LogFile(self._logs / f"{program.name}.log"))
        self._posts[program.name] = post
        self._launch(post)

    def pid(self, name: str) -> int | None:
        child = self._posts[name].child
        return child.pid if child else None

    def alive(self, name: str) -> bool:
        child = self._posts[name].child
        return child is not None and child.returncode() is None

    def watch(self, until: Callable[[], bool] = lambda: False, seconds: float = 1e9) -> bool:
        """Serve the children until the condition holds; False when the time ran out first."""
        deadline = monotonic() + seconds
        while not until():
            if monotonic() > deadline:
                return False
            self._tick()
        return True

    def stop(self) -> None:
        """Everything but the services at once, then the services, last started first."""
        posts = list(self._posts.values())
        self._stop_together([post for post in posts if not post.program.service])
        for post in reversed(posts):
            if post.program.service:
                self._stop_together([post])
        self._posts.clear()

    def hurry(self) -> None:
        """Grant no more grace: safe to call from a signal handler while stopping."""
        self._hurry = True

    def _launch(self, post: _Post) -> None:
        post.log.rotate_if_large()
        post.child = Child(post.program, post.log.path)
        post.listens_to = post.child.output
        if post.listens_to is not None:
            os.set_blocking(post.listens_to, False)
            self._selector.register(post.listens_to, selectors.EVENT_READ, post)

    def _tick(self) -> None:
        for key, _ in self._selector.select(_TICK):
            self._pump(key.data)
        for post in self._posts.values():
            self._look_after(post)

    def _look_after(self, post: _Post) -> None:
        if post.child is None:
            if post.program.restart and monotonic() >= post.revive_at:
                self._launch(post)
            return
        code = post.child.returncode()
        if code is None:
            return
        lived = monotonic() - post.child.started
        self._bury(post)
        if not post.program.restart:
            if code:
                self._say(f"{post.program.name} {_ended(code)}; see {post.log.path}")
        else:
            post.delay = _FIRST_DELAY if lived > _HEALTHY_AFTER else post.delay
            post.revive_at = monotonic() + post.delay
            self._say(f"{post.program.name} {_ended(code)}; starting it again")
            post.delay = min(post.delay * 2, _LONGEST_DELAY)

    def _bury(self, post: _Post) -> None:
        if post.child is None:
            return
        self._pump(post)
        self._stop_listening(post)
        post.child.close()
        post.child = None

    def _pump(self, post: _Post) -> None:
        if post.listens_to is None:
            return
        with suppress(BlockingIOError):
            while chunk := os.read(post.listens_to, 65536):
                self._pass_on(post, chunk)
            # The end of the stream would otherwise be reported as news for ever.
            self._stop_listening(post)

    def _stop_listening(self, post: _Post) -> None:
        if post.listens_to is not None:
            self._selector.unregister(post.listens_to)
            post.listens_to = None

    def _pass_on(self, post: _Post, chunk: bytes) -> None:
        post.log.write(chunk)
        *lines, post.rest = (post.rest + chunk).split(b"\n")
        for line in filter(bytes.strip, lines):
            self._say(f"{post.program.name:>8} | {line.decode(errors='replace')}")

    def _stop_together(self, posts: list[_Post]) -> None:
        living = [post for post in posts if post.child is not None]
        for post in living:
            if post.child:
                post.child.ask_to_stop()
        grace = max((post.program.grace for post in living), default=0.0)
        deadline = monotonic() + grace
        while any(self.alive(post.program.name) for post in living):
            hurried = self._hurry and not living[0].program.service
            if hurried or monotonic() > deadline:
                break
            for key, _ in self._selector.select(0.05):
                self._pump(key.data)
        for post in living:
            if post.child:
                post.child.kill()
            self._bury(post)


def _ended(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
