"""The account page: the API tokens of the person, a form for new ones, and their deletion."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gallery.accounts import scopes, token_limits, tokens
from gallery.core.errors import NotFound, TooManyTokens
from gallery.llm import budget
from gallery.llm.configured import is_configured
from gallery.models import TokenGrant, User
from gallery.pages.access import members_only
from gallery.pages.errors.messages import message_for
from gallery.pages.forms import TokenForm
from gallery.pages.recommendations.activity import section_of


@require_safe
@never_cache
@members_only
def account(request: HttpRequest) -> HttpResponse:
    return _page(request, TokenForm(user=request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def create_token(request: HttpRequest) -> HttpResponse:
    """The page with the new token, which no later answer shows: no redirect follows.

    Reloads, a change of language, and Forward open this address without the form.
    """
    if request.method != "POST":
        return redirect("account")
    form = TokenForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        grant, secret = _created(request.user, form.cleaned_data)
    except TooManyTokens as error:
        form.add_error(None, message_for(error))
        return _page(request, form, status=error.status)
    response = _page(request, TokenForm(user=request.user), created=grant, secret=secret)
    add_never_cache_headers(response)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only
def revoke_token(request: HttpRequest) -> HttpResponse:
    """GET asks whether to delete ``?token=``, POST deletes it. Both lead back to the account."""
    if request.method == "POST":
        try:
            tokens.revoke(request.user, request.POST.get("token", ""))
        except NotFound:
            return _without_token(request)
        messages.success(request, _("Token deleted."))
        return redirect("account")
    if "token" not in request.GET:
        return redirect("account")
    grant = _grant_of(request.user, request.GET["token"])
    if grant is None:
        return _without_token(request)
    return render(request, "gallery/account/revoke.html", {"grant": grant})


def _created(user: User, values: dict[str, Any]) -> tuple[TokenGrant, str]:
    """The new token of a valid form, and its secret."""
    offered = scopes.available_to(user)
    return tokens.create(
        user,
        expiry=timezone.now() + timedelta(days=values["days"]) if values["days"] else None,
        name=values["name"],
        scopes=offered[: offered.index(values["scope"]) + 1],
    )


def _without_token(request: HttpRequest) -> HttpResponse:
    """Another tab may have deleted the token."""
    messages.info(request, _("This token does not exist any more."))
    return redirect("account")


def _grant_of(user: User, grant_id: str) -> TokenGrant | None:
    try:
        return tokens.tokens_of(user).filter(pk=uuid.UUID(grant_id)).first()
    except ValueError:
        return None


def _page(
    request: HttpRequest,
    form: TokenForm,
    *,
    created: TokenGrant | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = [
        {"grant": grant, "expired": tokens.is_expired(expiry), "expires_at": _shown(expiry)}
        for grant in tokens.tokens_of(request.user)
        for expiry in [grant.token.expiry]
    ]
    context = {
        "rows": rows,
        "form": form,
        "created": created,
        "secret": secret,
        "llm_spent": budget.spent_by(request.user) if is_configured() else None,
        "activity": section_of(request.user),
    }
    return render(request, "gallery/account/page.html", context, status=status)


def _shown(expiry: datetime | None) -> datetime | None:
    return None if expiry is None else token_limits.in_every_time_zone(expiry)
