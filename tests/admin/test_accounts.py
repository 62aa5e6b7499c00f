"""Staff do not become superuser by what they may change in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.utils import timezone

from tests.builders import make_user

USERS = "/admin/auth/user/"
GROUPS = "/admin/auth/group/"
NEW_PASSWORD = {
    "password1": "another-secret-7",
    "password2": "another-secret-7",
    "usable_password": "true",
}


def account_form(user: User, **fields: Any) -> dict[str, Any]:
    joined = timezone.localtime(user.date_joined)
    return {
        "username": user.username,
        "is_active": "on",
        "date_joined_0": f"{joined:%Y-%m-%d}",
        "date_joined_1": f"{joined:%H:%M:%S}",
        **fields,
    }


@pytest.mark.parametrize("name", ["manager", "curator", "colleague"])
def test_staff_never_change_accounts_of_staff(
    manager_client: Client, curator: User, name: str
) -> None:
    make_user("colleague", is_staff=True)
    user = User.objects.get(username=name)
    page = f"{USERS}{user.pk}"
    powers = {"is_staff": "on", "is_superuser": "on", "email": "new@example.org"}
    assert manager_client.post(f"{page}/change/", account_form(user, **powers)).status_code == 403
    assert manager_client.post(f"{page}/password/", NEW_PASSWORD).status_code == 403
    assert manager_client.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": user.pk, "post": "yes"}
    manager_client.post(USERS, form)
    after = User.objects.get(pk=user.pk)
    assert (after.is_superuser, after.email) == (user.is_superuser, "")
    assert after.check_password("secret-of-tests")


def test_staff_give_nobody_more_rights(manager_client: Client, owner: User) -> None:
    group = Group.objects.create(name="all")
    permission = Permission.objects.first()
    assert permission
    powers = {
        "is_staff": "on", "is_superuser": "on", "groups": group.pk,
        "user_permissions": permission.pk, "email": "new@example.org",
    }  # fmt: skip
    form = account_form(owner, **powers)
    assert manager_client.post(f"{USERS}{owner.pk}/change/", form).status_code == 302
    owner.refresh_from_db()
    assert owner.email == "new@example.org"
    assert not owner.is_staff
    assert not owner.is_superuser
    assert not owner.groups.exists()
    assert not owner.user_permissions.exists()


def test_staff_add_users_without_rights(manager_client: Client) -> None:
    form = {"username": "new", "is_superuser": "on", "is_staff": "on", **NEW_PASSWORD}
    assert manager_client.post(f"{USERS}add/", form).status_code == 302
    user = User.objects.get(username="new")
    assert not user.is_staff
    assert not user.is_superuser


def test_staff_change_no_groups(manager_client: Client, manager: User) -> None:
    group = Group.objects.create(name="staff")
    manager.groups.add(group)
    every = [permission.pk for permission in Permission.objects.all()]
    form = {"name": "staff", "permissions": every}
    for page in (f"{group.pk}/change/", "add/"):
        assert manager_client.post(f"{GROUPS}{page}", form).status_code == 403
    assert not group.permissions.exists()
    assert manager_client.get(f"{GROUPS}{group.pk}/change/").status_code == 200


def test_superusers_decide_who_is_staff(curator_client: Client, owner: User) -> None:
    form = account_form(owner, is_staff="on", is_superuser="on")
    assert curator_client.post(f"{USERS}{owner.pk}/change/", form).status_code == 302
    owner.refresh_from_db()
    assert owner.is_staff
    assert owner.is_superuser
    assert curator_client.post(f"{GROUPS}add/", {"name": "new"}).status_code == 302
