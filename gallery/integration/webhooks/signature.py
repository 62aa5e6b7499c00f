"""Headers of a message as the Standard Webhooks specification describes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time

_PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def headers_of(message_id: str, body: bytes, *, secret: str) -> dict[str, str]:
    """Headers for sending the message now; a repeated message keeps its id."""
    moment = str(int(time.time()))
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = f"{message_id}.{moment}.".encode() + body
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{digest}",
    }
