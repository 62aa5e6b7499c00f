"""The lists of the admin are filtered by their own filters alone."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from knox.models import AuthToken

from tests.builders import make_image, make_index, make_space

IMAGES = "/admin/gallery/image/"
SPACES = "/admin/gallery/embeddingspace/"
INDEXES = "/admin/gallery/indexbuild/"
USERS = "/admin/auth/user/"
GROUPS = "/admin/auth/group/"
TOKENS = "/admin/knox/authtoken/"
TAGS = "/admin/gallery/tag/"

# Facts that the lists do not show, and lookups that fail in the database.
REFUSED = [
    (IMAGES, "latitude__gt=48.8"),
    (IMAGES, "latitude__range=0"),
    (IMAGES, "longitude=2.35"),
    (IMAGES, "external_id__startswith=a"),
    (IMAGES, "exif__Make=Contoso"),
    (IMAGES, "metadata__category=x"),
    (IMAGES, "sha256__regex=^a"),
    (IMAGES, "file_name=secret.jpg"),
    (IMAGES, "owner__password__startswith=a"),
    (IMAGES, "state__regex=a"),
    (IMAGES, "embeddings=1"),
    (IMAGES, "embeddings=x"),
    (IMAGES, "created_at__year=2026&created_at__month=99999999999999999999"),
    (SPACES, "embeddings=1"),
    (SPACES, "embeddings__isnull=x"),
    (SPACES, "fingerprint__regex=("),
    (INDEXES, "rows__range=0"),
    (INDEXES, "space__fingerprint__startswith=a"),
    (USERS, "auth_token_set__isnull=0"),
    (USERS, "id__range=0"),
    (USERS, "email__regex=("),
    (GROUPS, "user__isnull=0"),
    (GROUPS, "id__range=0"),
    (TOKENS, "digest__startswith=a"),
    (TOKENS, "token_key__startswith=a"),
    (TOKENS, "use__isnull=0"),
    (TAGS, "created_by__password__startswith=a"),
]  # fmt: skip


@pytest.fixture
def rows(owner: User) -> None:
    make_image(owner, latitude=48.85, longitude=2.35, external_id="abc", title="Paris")
    make_index(make_space())
    AuthToken.objects.create(user=owner)


@pytest.mark.parametrize(("address", "query"), REFUSED)
def test_other_lookups_show_the_unfiltered_list(
    curator_client: Client, rows: None, address: str, query: str
) -> None:
    assert curator_client.get(f"{address}?{query}").headers.get("Location") == f"{address}?e=1"
    again = curator_client.get(f"{address}?{query}&e=1")
    assert (again.status_code, "cl" in (again.context or {})) == (200, False)


@pytest.mark.parametrize("query", ["latitude__gt=48.8", "latitude__gt=48.9", "external_id=abc"])
def test_viewers_learn_no_place_by_filters(viewer_client: Client, rows: None, query: str) -> None:
    response = viewer_client.get(f"{IMAGES}?{query}", follow=True)
    assert [str(image) for image in response.context["cl"].result_list] == ["Paris"]
    assert response.redirect_chain == [(f"{IMAGES}?e=1", 302)]


@pytest.mark.parametrize(
    "query",
    [
        "state__exact=ready", "visibility__exact=public", "owner__isnull=False", "format=png",
        "error_code=", "created_at__year=2020&created_at__month=2&created_at__day=2", "o=-2&p=1",
        "state__exact=ready&state__exact=failed", "_facets=True", "all=",
    ],
)  # fmt: skip
def test_filters_and_dates_of_the_list_work(
    curator_client: Client, owner: User, query: str
) -> None:
    make_image(owner, title="this", created_at="2020-02-02T12:00:00Z")
    response = curator_client.get(f"{IMAGES}?{query}")
    assert [str(image) for image in response.context["cl"].result_list] == ["this"]


@pytest.mark.parametrize(
    ("address", "query", "expected"),
    [
        (USERS, "is_staff__exact=1", {"curator"}),
        (USERS, "is_superuser__exact=0&is_active__exact=1", {"owner"}),
        (USERS, "q=own", {"owner"}),
        (GROUPS, "q=own", set()),
        (SPACES, "", {"builtin"}),
    ],
)
def test_other_lists_keep_their_filters(
    curator_client: Client, rows: None, address: str, query: str, expected: set[str]
) -> None:
    response = curator_client.get(f"{address}?{query}")
    assert {str(row) for row in response.context["cl"].result_list} == expected


def test_actions_select_nothing_by_other_fields(staff_client: Client, owner: User) -> None:
    image = make_image(owner, state="failed", latitude=48.85, longitude=2.35)
    form = {"action": "retry", "select_across": "1", "_selected_action": image.pk}
    response = staff_client.post(f"{IMAGES}?latitude__gt=48.8", form)
    assert response.headers["Location"] == f"{IMAGES}?e=1"
    image.refresh_from_db()
    assert image.state == "failed"
