from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from tests.builders import make_user


@pytest.fixture
def staff(db: None) -> User:
    """A curator who is no superuser: every permission on images and no other."""
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
    """Staff who may look and do nothing."""
    user = make_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_image"))
    client = Client()
    client.force_login(user)
    return client
