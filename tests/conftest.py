"""The cast of people, the clients and clean services; PostgreSQL and Redis are real."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser, User
from django.test import Client
from django.utils import translation

from tests.builders import make_user

pytest_plugins = ["tests.browser"]


@pytest.fixture(scope="session", autouse=True)
def static_folder() -> None:
    """WhiteNoise warns while it is missing; what is in it comes from the finders."""
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def quick_passwords(settings: LazySettings) -> None:
    """The default hasher is slow on purpose; no test here is about that."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request in another language leaves its thread in that language."""
    yield
    translation.deactivate()


@pytest.fixture
def owner(db: None) -> User:
    return make_user("owner")


@pytest.fixture
def stranger(db: None) -> User:
    return make_user("stranger")


@pytest.fixture
def curator(db: None) -> User:
    return make_user("curator", is_staff=True, is_superuser=True)


@pytest.fixture
def anonymous() -> AnonymousUser:
    return AnonymousUser()


@pytest.fixture
def owner_client(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def stranger_client(stranger: User) -> Client:
    client = Client()
    client.force_login(stranger)
    return client


@pytest.fixture
def curator_client(curator: User) -> Client:
    client = Client()
    client.force_login(curator)
    return client


@pytest.fixture(autouse=True)
def own_media(settings: LazySettings, tmp_path: Path) -> Path:
    """Every test has a media folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def own_cache(settings: LazySettings) -> None:
    """Every test has cache keys of its own, also beside other test processes."""
    caches = copy.deepcopy(settings.CACHES)
    caches["default"]["KEY_PREFIX"] = f"test-{uuid.uuid4().hex}"
    settings.CACHES = caches


@pytest.fixture
def gallery_setting(settings: LazySettings) -> Any:
    """``gallery_setting(max_pixels=100)`` changes keys of the GALLERY setting for one test."""

    def change(**values: Any) -> None:
        settings.GALLERY = {**copy.copy(settings.GALLERY), **values}

    return change
