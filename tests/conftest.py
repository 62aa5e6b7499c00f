"""Users, clients and isolated services for all tests; PostgreSQL and Redis are real."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test import Client
from django.utils import translation

from gallery.core.dispatch import Stage
from gallery.embeddings import spaces
from gallery.pages import context
from gallery.pages.near_duplicates.open_pairs import forget_near_duplicates
from gallery.pages.tags.open_suggestions import forget_suggestions
from tests import picture_server as picture_servers
from tests.builders import make_user

Hint = tuple[Stage, tuple[str, ...]]

pytest_plugins = [
    "tests.browser",
    "tests.emptied_tables",
    "tests.known_static_files",
    "tests.own_redis",
]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database of the tests cannot be dropped while a thread of a test has a session in it."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def quick_passwords(settings: LazySettings) -> None:
    """Django's default hasher is slow on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request in another language leaves that language active in its thread."""
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
    """A media folder for each test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def own_cache(settings: LazySettings) -> None:
    """A prefix of cache keys for each test, so that test processes do not share keys."""
    caches = copy.deepcopy(settings.CACHES)
    caches["default"]["KEY_PREFIX"] = f"test-{uuid.uuid4().hex}"
    settings.CACHES = caches


@pytest.fixture
def no_redis(settings: LazySettings) -> None:
    """A cache whose server does not exist, another one for each test."""
    caches = copy.deepcopy(settings.CACHES)
    caches["default"]["LOCATION"] = f"unix:///nowhere/{uuid.uuid4().hex}.sock"
    settings.CACHES = caches


@pytest.fixture(autouse=True)
def no_cached_facts() -> None:
    """Pages cache the search model and the links of the menu longer than a test takes."""
    spaces.forget_active()
    context.forget_search_model()
    forget_suggestions()
    forget_near_duplicates()


@pytest.fixture
def gallery_setting(settings: LazySettings) -> Any:
    """``gallery_setting(max_pixels=100)`` changes keys of the GALLERY setting for one test."""

    def change(**values: Any) -> None:
        settings.GALLERY = {**copy.copy(settings.GALLERY), **values}

    return change


@pytest.fixture
def picture_server(gallery_setting: Any) -> Iterator[picture_servers.PictureServer]:
    """A server in the local network, which the operator allows."""
    with picture_servers.running() as server:
        gallery_setting(fetch_allow=(server.address,), fetch_seconds=5)
        yield server


@pytest.fixture
def hints() -> Iterator[list[Hint]]:
    """The hints that are sent during the test: stage and arguments. No worker receives them."""
    published: list[Hint] = []

    def record(sender: str, body: tuple[Any, ...], **_: Any) -> None:
        published.append((Stage(sender), tuple(body[0])))

    before_task_publish.connect(record)
    yield published
    before_task_publish.disconnect(record)
