"""The account page: the API tokens of the person, and buttons to delete them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gallery.accounts import tokens
from gallery.pages.access import members_only


@require_safe
@never_cache
@members_only
def account(request: HttpRequest) -> HttpResponse:
    rows = [
        {"token": token, "expired": tokens.is_expired(token.expiry)}
        for token in tokens.tokens_of(request.user)
    ]
    return render(request, "gallery/account/page.html", {"rows": rows})


@require_POST
@members_only
def revoke_token(request: HttpRequest) -> HttpResponse:
    tokens.revoke(request.user, request.POST.get("token", "").replace("\0", ""))
    return redirect("account")
