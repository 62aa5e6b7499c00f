"""The admin pages of users, groups and API tokens.

Only superusers decide who is staff and what staff may do, or change accounts of staff. Otherwise
whoever may change users could make themselves superuser, or log in as one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import knox.admin  # noqa: F401  Its page must be registered before it is replaced.
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from gallery.accounts import token_limits
from gallery.admin.listed_lookups import ListedLookups
from gallery.admin.moderation.rule_admin import UploadReviewInline

_POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")

for model in (get_user_model(), Group, AuthToken):
    admin.site.unregister(model)
apps.get_app_config("knox").verbose_name = _("API tokens")
AuthToken._meta.verbose_name = _("API token")
AuthToken._meta.verbose_name_plural = _("API tokens")


@admin.register(get_user_model())
class UserAdmin(ListedLookups, auth_admin.UserAdmin):  # type: ignore[type-arg]
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_change(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, *_POWERS)


@admin.register(Group)
class GroupAdmin(ListedLookups, auth_admin.GroupAdmin):
    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """A new group has no uploads yet."""
        return [] if obj is None else [UploadReviewInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(AuthToken)
class TokenAdmin(ListedLookups):
    """A list in which tokens can be deleted; people make tokens for themselves."""

    list_display = ("person", "name", "may", "created_at", "expires_at", "last_use")
    list_display_links = None
    list_select_related = ("user", "use", "grant")
    date_hierarchy = "created"
    ordering = ("-created", "digest")
    search_fields = ("user__username",)
    fields = readonly_fields = list_display

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_deleted_objects(
        self, objs: Iterable[AuthToken], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Name the tokens by their person and date; Django names them by their digest."""
        names = [f"{token.user}, {_date(token.created)}" for token in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(), []

    @admin.display(description=_("User"), ordering="user__username")
    def person(self, token: AuthToken) -> str:
        return str(token.user)

    @admin.display(description=_("Name"), ordering="grant__name")
    def name(self, token: AuthToken) -> str:
        return token.grant.name if hasattr(token, "grant") else ""

    @admin.display(description=_("Scopes"))
    def may(self, token: AuthToken) -> str:
        return ", ".join(token.grant.scopes) if hasattr(token, "grant") else ""

    @admin.display(description=_("Created"), ordering="created")
    def created_at(self, token: AuthToken) -> str:
        return _date(token.created)

    @admin.display(description=_("Expires"), ordering="expiry")
    def expires_at(self, token: AuthToken) -> str:
        if token.expiry is None:
            return gettext("Does not expire")
        return _date(token_limits.in_every_time_zone(token.expiry))

    @admin.display(description=_("Last use"), ordering="use__used_at")
    def last_use(self, token: AuthToken) -> str:
        return _date(token.use.used_at) if hasattr(token, "use") else gettext("Never used")


def _date(moment: datetime) -> str:
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")


def _may_change(request: HttpRequest, user: Any) -> bool:
    is_powerful = user is not None and (user.is_staff or user.is_superuser)
    return bool(request.user.is_superuser) or not is_powerful
