"""Choose the model of a new database, and download from the hub what is missing of a model."""

from __future__ import annotations

import logging
import queue
import re
import threading
from collections.abc import Callable
from typing import NamedTuple

from gallery.core.config import config
from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model import hub_cache, lookup
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.model.names import BUILTIN, hub_address, is_local
from gallery.encoders.model.resolved import ResolvedModel

log = logging.getLogger(__name__)

PREFERRED = "clip-ViT-B-32"


class Choice(NamedTuple):
    """A model's name, and why it was chosen, for people."""

    name: str
    reason: str


def discover() -> Choice:
    """``PREFERRED`` if it is on this machine or can be downloaded, else the built-in model.

    Takes at most ``GALLERY_HUB_TIMEOUT`` if the hub does not answer.
    """
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


def obtain(name: str) -> ResolvedModel:
    """The complete model of this name. A model that is not on this machine is downloaded.

    Takes the same names as ``lookup.find``. Raises ``EncoderUnavailable`` with the reason.
    """
    return lookup.resolve(
        name,
        pictures=lambda model: _obtain_folder(model, lookup.find_model),
        texts=lambda model: _obtain_folder(model, lookup.find_texts),
    )


def _obtain_folder(name: str, find: Callable[[str], ModelFolder]) -> ModelFolder:
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
    """Raises ``EncoderUnavailable``; its message can be shown as the reason of a choice."""
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
        raise EncoderUnavailable(f"the download of {name} failed: {_summary(error)}") from error


def _hub_problem(name: str, seconds: int) -> str:
    """Why the hub cannot provide the model, or an empty text if it can.

    The hub is asked in a thread, because the lookup of a host name can hang and has no timeout.
    """
    problems: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=lambda: problems.put(_ask_hub(name, seconds)), daemon=True).start()
    try:
        return problems.get(timeout=seconds)
    except queue.Empty:
        return f"the model hub did not answer within {seconds} s"


def _ask_hub(name: str, seconds: int) -> str:
    """Like ``_hub_problem``, but waits for the lookup of the host name."""
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
        return f"the model hub cannot be reached: {_summary(error)}"
    return ""


def _summary(error: Exception) -> str:
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return re.sub(r"^\[Errno -?\d+\] ", "", line)[:120]
