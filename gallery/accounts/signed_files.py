"""Addresses of the files of a picture that work without a login, for a limited time.

An address acts for its signer: whoever has it sees what the signer may see at that moment, and
never more than when it was signed. The signature covers the picture, the file, the end, the signer
with their right, and a hash of their password, so that a new password ends the addresses too.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.utils.crypto import constant_time_compare

from gallery.accounts import scopes
from gallery.core.errors import BadSignature, SignatureExpired
from gallery.models import Image, User

PARAMETER = "signature"
MAX_SECONDS = 7 * 24 * 3600
_SIGNER = signing.Signer(salt="gallery.accounts.signed_files")
# What the signer could do with the picture: as a superuser everything, change it, or see it.
_Right = Literal["s", "c", "v"]


@dataclass(frozen=True)
class SignedViewer:
    """The picture must be visible to ``user``. The original is given as ``downloader`` gets it."""

    user: User
    downloader: User
    seconds_left: int


class FileSigner:
    """Signs addresses of files for one person, all of them with the same end.

    That is after ``seconds``, and not after ``latest_end``, if there is one.
    """

    def __init__(self, user: User, seconds: int, latest_end: datetime | None = None) -> None:
        self._user = user
        self._ends_at = int(time.time()) + seconds
        if latest_end is not None:
            self._ends_at = min(self._ends_at, int(latest_end.timestamp()))

    def sign(self, address: str, image: Image, file: str) -> str:
        """``file`` is the size of a preview, or ``original``."""
        signed_text = f"{_right(image, self._user)}.{self._ends_at}.{self._user.pk or ''}"
        mac = _mac(image.pk, file, signed_text, self._session_hash)
        return f"{address}?{PARAMETER}={signed_text}.{mac}"

    @cached_property
    def _session_hash(self) -> str:
        return _session_hash_of(self._user)


def viewer_of(signature: str, image_id: uuid.UUID, file: str) -> SignedViewer:
    """For whom the address acts. Raises ``BadSignature``."""
    signed_text, _, mac = signature.rpartition(".")
    right, ends_at, user_id = _parsed(signed_text)
    user = _signer_of(user_id)
    if not constant_time_compare(mac, _mac(image_id, file, signed_text, _session_hash_of(user))):
        raise BadSignature("The signature of this address is not valid.")
    seconds_left = ends_at - int(time.time())
    if seconds_left <= 0:
        raise SignatureExpired("This address has expired.")
    if right != "s" and user.is_authenticated:
        scopes.drop_powers(user)
    return SignedViewer(user, AnonymousUser() if right == "v" else user, seconds_left)


def _right(image: Image, user: User) -> _Right:
    if getattr(user, "is_superuser", False):
        return "s"
    return "c" if image.is_changeable_by(user) else "v"


def _parsed(signed_text: str) -> tuple[str, int, int | None]:
    right, _, rest = signed_text.partition(".")
    ends_at, _, user_id = rest.partition(".")
    try:
        return right, int(ends_at), int(user_id) if user_id else None
    except ValueError:
        raise BadSignature("The signature of this address is not valid.") from None


def _signer_of(user_id: int | None) -> User:
    if user_id is None:
        return AnonymousUser()
    user = get_user_model()._default_manager.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise BadSignature("The signature of this address is not valid.")
    return user


def _session_hash_of(user: User) -> str:
    return user.get_session_auth_hash() if user.is_authenticated else ""


def _mac(image_id: uuid.UUID, file: str, signed_text: str, session_hash: str) -> str:
    return _SIGNER.signature(f"{image_id}:{file}:{signed_text}:{session_hash}")
