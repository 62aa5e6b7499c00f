"""Shortcuts for what most programs do. Written by hand; bin/clients does not change this file."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import UUID

from searchsite_client.generated import AuthenticatedClient
from searchsite_client.generated.api.images import get_image
from searchsite_client.generated.api.search import search_by_text
from searchsite_client.generated.models import HitWithVector, Image, ImageWithVector, Problem
from searchsite_client.generated.types import UNSET, Unset

Answer = TypeVar("Answer")
SUFFIXES = {".avif", ".bmp", ".gif", ".heic", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
UNFINISHED = {"stored", "derived"}


class ApiProblem(Exception):
    """The site refused the request: ``problem.code`` is stable, ``problem.detail`` for people."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.code}: {problem.detail}")
        self.problem = problem


def checked(answer: Answer | Problem | None) -> Answer:
    """The answer of a generated operation; None of one that has no answer, such as a deletion.

    Raises ``ApiProblem`` if it is a problem.
    """
    if isinstance(answer, Problem):
        raise ApiProblem(answer)
    # Only for an operation without an answer is it None: the types of others name every answer.
    return cast(Answer, answer)


def upload(client: AuthenticatedClient, path: Path | str, **fields: Any) -> Image | Problem:
    """Upload one picture, with fields such as ``title``, ``visibility="private"``, ``metadata={}``.

    A field that is None is not sent, and a list, such as ``tags``, repeats its field. If you
    uploaded the same bytes before, the answer is the image that you have.
    """
    form = {name: _in_form(value) for name, value in fields.items() if value is not None}
    with Path(path).open("rb") as file:
        files = {"file": (Path(path).name, file)}
        answer = client.get_httpx_client().post("/api/v1/images/", data=form, files=files)
    return (Image if answer.is_success else Problem).from_dict(answer.json())


def upload_folder(
    client: AuthenticatedClient, folder: Path | str, **fields: Any
) -> Iterator[tuple[Path, Image | Problem]]:
    """Upload the pictures of a folder and its subfolders in the order of their paths.

    Yields the answer to each file, so a file that is refused does not stop the others. An
    interrupted upload can be repeated.
    """
    for path in sorted(Path(folder).rglob("*")):
        if path.suffix.lower() in SUFFIXES and path.is_file():
            yield path, upload(client, path, **fields)


def wait_until_ready(
    client: AuthenticatedClient, image_id: UUID, *, seconds: float = 60
) -> ImageWithVector:
    """Wait until searches can find an image, or until its ``status`` says that it failed."""
    deadline = time.monotonic() + seconds
    while True:
        image = checked(get_image.sync(image_id, client=client))
        if image.status not in UNFINISHED:
            return image
        if time.monotonic() > deadline:
            raise TimeoutError(f"{image_id} is still {image.status} after {seconds:g} seconds")
        time.sleep(0.5)


def search(client: AuthenticatedClient, q: str, **filters: Any) -> Iterator[HitWithVector]:
    """The hits of a search, best first. The next page is requested when it is needed.

    ``filters`` are the parameters of ``search_by_text``; ``metadata`` may be a ``dict``, such as
    ``{"price": {"$gt": 10}}``.
    """
    filters = {name: _as_text(value) for name, value in filters.items()}
    cursor: str | Unset | None = UNSET
    while cursor is not None:
        page = checked(search_by_text.sync(client=client, q=q, cursor=cursor, **filters))
        yield from page.results
        cursor = page.cursor


def _in_form(value: Any) -> str | list[str]:
    if isinstance(value, list | tuple):
        return [str(_as_text(each)) for each in value]
    return str(_as_text(value))


def _as_text(value: Any) -> Any:
    """A form and an address have objects as JSON."""
    return json.dumps(value) if isinstance(value, dict) else value
