"""Writes that a program may repeat with an ``Idempotency-Key``, as draft-ietf-httpapi-
idempotency-key-header-07 describes it.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

from django.core.files.base import File
from django.db import transaction
from django.http import HttpResponse, QueryDict
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.core.upload_cap import refused_files
from gallery.integration import stored_answers
from gallery.models import StoredAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
# With one of these statuses, a later attempt may give another result, so the answer is not
# stored.
_PASSING = {429, *range(500, 600)}

Method = TypeVar("Method", bound=Callable[..., Any])


def idempotent(method: Method) -> Method:
    """For a method that writes to PostgreSQL only.

    Its other effects must be harmless when repeated.

    With the header, the method runs in a transaction, which also stores its answer. An error is not
    stored: it has changed nothing.
    """

    @functools.wraps(method)
    def answer(self: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(HEADER)
        if key is None:
            return cast(HttpResponse, method(self, request, *args, **kwargs))
        digest = stored_answers.digest_of(key, request.user)
        request_digest = _digest_of(request)
        with transaction.atomic():
            if earlier := stored_answers.lock_key(digest, request_digest):
                return _replayed(earlier)
            response = cast(Response, method(self, request, *args, **kwargs))
            if _is_final(response):
                stored_answers.store(_answer(digest, request_digest, request, response))
        return response

    answer.is_idempotent = True  # type: ignore[attr-defined]
    return cast(Method, answer)


def _digest_of(request: Request) -> str:
    """A hash of the contents, because a repeated form has another boundary."""
    digest = hashlib.sha256()
    for part in _parts(request):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _parts(request: Request) -> Iterator[bytes]:
    yield str(request.method).encode()
    yield request.get_full_path().encode()
    yield str(request.headers.get("If-Match")).encode()
    # A token without the scope ``admin`` does not get what the person is shown with it.
    powers = ("is_staff", "is_superuser")
    yield str([getattr(request.user, name, False) for name in powers]).encode()
    if not isinstance(request.data, QueryDict):
        yield json.dumps(request.data, sort_keys=True).encode()
        return
    for name, values in sorted(request.data.lists()):
        for value in values:
            yield name.encode(errors="surrogatepass")
            yield from _value(value)
    for file in refused_files(request._request):
        yield str(file).encode(errors="surrogatepass")


def _value(value: Any) -> Iterator[bytes]:
    if not isinstance(value, File):
        yield str(value).encode(errors="surrogatepass")
        return
    yield str(value.name).encode(errors="surrogatepass")
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    yield digest.digest()


def _is_final(response: Response) -> bool:
    results = response.data.get("results", ()) if response.status_code == 207 else ()
    return not any(result["status"] in _PASSING for result in results)


def _answer(digest: str, request_digest: str, request: Request, response: Response) -> StoredAnswer:
    headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    return StoredAnswer(
        digest=digest,
        user_id=request.user.pk,
        request_digest=request_digest,
        status=response.status_code,
        headers=headers,
        body="" if response.data is None else JSONRenderer().render(response.data).decode(),
    )


def _replayed(answer: StoredAnswer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
    if not answer.body:
        del response["Content-Type"]
    for name, value in {**answer.headers, REPLAYED: "true"}.items():
        response[name] = value
    return response
