"""Uploads hostile files to a running site, good ones in between, and waits for their ends."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

from tests import scenes
from tests.abuse.site_requests import Answer, ask, send_picture
from tests.hostile.corpus import HostileFile
from tests.local.site import Site

# One good file follows so many hostile ones.
_GOOD_EVERY = 20
_GOOD_COLOURS = (scenes.RED, scenes.GREEN, scenes.BLUE, scenes.YELLOW)


@dataclass(frozen=True)
class Outcome:
    """``status`` is that of the answer; ``result`` the state in the end, or "refused".

    ``code`` and ``message`` are the reason of a refusal or a failure.
    """

    number: int
    kind: str
    format: str
    status: int
    result: str
    code: str
    message: str

    @property
    def is_explained(self) -> bool:
        """Accepted and shown, or not, with a code and a sentence."""
        if self.status >= 500:
            return False
        return self.result == "ready" or bool(self.code and self.message)


class Attack:
    """``damaged_good`` are the numbers of good files that are not what was uploaded."""

    def __init__(self, site: Site, token: str) -> None:
        self.good, self.damaged_good = 0, list[str]()
        self._site, self._headers = site, {"Authorization": f"Token {token}"}

    def outcomes(self, files: Sequence[HostileFile], *, seconds: float = 600) -> list[Outcome]:
        """Uploads all files, and deletes them when they have ended. A file that has not ended
        ``seconds`` after the last upload has the state that it has then."""
        answers, good = [], dict[str, int]()
        for count, file in enumerate(files):
            answers.append((file, self._upload(file.data)))
            if count % _GOOD_EVERY == 0:
                picture = _good_picture(file.number)
                good[self._upload(picture).json["id"]] = file.number
        until = monotonic() + seconds
        outcomes = [self._outcome(file, answer, until) for file, answer in answers]
        for key, number in good.items():
            self._check_good(key, number, until)
        for key in {*good, *(answer.json["id"] for _, answer in answers if answer.status < 300)}:
            self._ask(f"/api/v1/images/{key}/", method="DELETE")
        return outcomes

    def _upload(self, data: bytes) -> Answer:
        return send_picture(self._site, "/api/v1/images/", "file", data, self._headers)

    def _outcome(self, file: HostileFile, answer: Answer, until: float) -> Outcome:
        content = answer.json if answer.status < 500 else {}
        result, reason = "refused", content
        if answer.status < 300:
            picture = self._ended(content["id"], until)
            result, reason = picture["status"], picture["error"] or {}
        message = reason.get("message") or reason.get("detail") or ""
        code = str(reason.get("code", ""))
        known = (file.number, file.kind, file.format, answer.status)
        return Outcome(*known, result=result, code=code, message=str(message))

    def _ended(self, key: str, until: float) -> dict[str, Any]:
        while True:
            picture: dict[str, Any] = self._ask(f"/api/v1/images/{key}/").json
            if picture["status"] not in ("stored", "derived") or monotonic() > until:
                return picture
            sleep(0.2)

    def _check_good(self, key: str, number: int, until: float) -> None:
        self.good += 1
        picture = self._ended(key, until)
        is_right = picture["status"] == "ready" and picture["width"] == 120
        if is_right:
            preview = self._ask(f"/files/{key}/small.webp").body
            shown = scenes.corners(scenes.opened(preview))
            is_right = all(scenes.near(one, _good_colour(number)) for one in shown)
        if not is_right:
            self.damaged_good.append(f"{number}: {picture['status']} {picture['error']}")

    def _ask(self, path: str, method: str = "GET") -> Answer:
        return ask(self._site, path, self._headers, method=method)


def _good_colour(number: int) -> tuple[int, int, int]:
    red, green, blue = _GOOD_COLOURS[number % len(_GOOD_COLOURS)]
    return red, green, blue


def _good_picture(number: int) -> bytes:
    """120 × 90 pixels of one colour; the comments make each another file."""
    picture = scenes.opened(scenes.plain(_good_colour(number), size=(120, 90)))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90, comment=str(number).encode())
    return file.getvalue()
