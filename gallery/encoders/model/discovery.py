"""Which model a new database gets: the good one when it can be had, else the built-in one."""

from __future__ import annotations

import logging
import queue
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from gallery.core.config import config
from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model import hub_cache, lookup
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.model.names import BUILTIN, hub_address, is_local, towers_of

log = logging.getLogger(__name__)

PREFERRED = "clip-ViT-B-32"


class Choice(NamedTuple):
    """A model's name and, for people, why it is the one."""

    name: str
    reason: str


def discover() -> Choice:
    """Takes ``GALLERY_HUB_TIMEOUT`` at most, and a download when the hub answers."""
    try:
        lookup.find(PREFERRED)
    except EncoderUnavailable:
        log.debug("%s is not in the hub cache", PREFERRED)
    else:
        return Choice(PREFERRED, "found in the hub cache")
    try:
        _download(PREFERRED)
        lookup.find(PREFERRED)
    except EncoderUnavailable as error:
        return Choice(BUILTIN, error.message)
    return Choice(PREFERRED, "downloaded from the model hub")


def obtain(name: str) -> ModelFolder:
    """The folder of a model, downloaded when it is a hub model that is not here yet.

    Both folders of a name that stands for two. Raises ``EncoderUnavailable`` with the reason.
    """
    towers = towers_of(name)
    if towers is None:
        return _obtained(name, lookup.find_model)
    texts = _obtained(towers.texts, lookup.find_texts)
    return replace(_obtained(towers.pictures, lookup.find_model), texts=texts)


def _obtained(name: str, find: Callable[[str], ModelFolder]) -> ModelFolder:
    try:
        return find(name)
    except EncoderUnavailable as missing:
        if is_local(name):
            raise
        try:
            _download(name)
            return find(name)
        except EncoderUnavailable as error:
            raise EncoderUnavailable(
                f"{missing.message} ({error.message})", encoder=name
            ) from error


def _download(name: str) -> None:
    """Raises ``EncoderUnavailable``; its message is a reason that stands alone."""
    import httpx2
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import XetDownloadError

    if constants.is_offline_mode():
        raise EncoderUnavailable(f"HF_HUB_OFFLINE is set and {name} is not in the hub cache")
    if problem := _hub_problem(name, config().hub_timeout):
        raise EncoderUnavailable(problem)
    repository, revision = hub_address(name)
    log.info("downloading %s from the model hub", repository)
    try:
        snapshot_download(
            repository,
            revision=revision,
            allow_patterns=hub_cache.WANTED,
            ignore_patterns=hub_cache.UNWANTED,
        )
    except (OSError, ValueError, httpx2.HTTPError, XetDownloadError) as error:
        raise EncoderUnavailable(f"the download of {name} failed: {_brief(error)}") from error


def _hub_problem(name: str, seconds: int) -> str:
    """Ask the hub for the model; in words why it cannot be had, or nothing.

    In a thread of its own, because looking up a host name can hang and has no time limit.
    """
    answers: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(_ask(name, seconds)), daemon=True).start()
    try:
        return answers.get(timeout=seconds)
    except queue.Empty:
        return f"the model hub did not answer within {seconds} s"


def _ask(name: str, seconds: int) -> str:
    import httpx2
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

    repository, revision = hub_address(name)
    try:
        HfApi().model_info(repository, revision=revision, timeout=seconds)
    except RepositoryNotFoundError:
        return f"the model hub has no model {name}"
    except RevisionNotFoundError:
        return f"the model hub does not have {repository} as of {revision}"
    except httpx2.TimeoutException:
        return f"the model hub did not answer within {seconds} s"
    except (OSError, ValueError, httpx2.HTTPError) as error:
        return f"the model hub cannot be reached: {_brief(error)}"
    return ""


def _brief(error: Exception) -> str:
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return re.sub(r"^\[Errno -?\d+\] ", "", line)[:120]
