from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from tests.builders import make_user


@pytest.fixture
def staff(db: None) -> User:
    """A staff user with all permissions on images and no others."""
    user = make_user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__model="image"))
    return user


@pytest.fixture
def staff_client(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def viewer_client(db: None) -> Client:
    """A staff user who can only view images."""
    user = make_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_image"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def manager(db: None) -> User:
    """A staff user with all permissions on users, groups and tokens, but no superuser."""
    user = make_user("manager", is_staff=True)
    models = ("user", "group", "authtoken", "tokenuse")
    user.user_permissions.set(Permission.objects.filter(content_type__model__in=models))
    return user


@pytest.fixture
def manager_client(manager: User) -> Client:
    client = Client()
    client.force_login(manager)
    return client
