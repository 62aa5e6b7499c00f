from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Image
from tests.api.responses import VISIBILITY_CASES, json_body, problem
from tests.builders import make_image


def retry(client: Client, image: Image) -> Any:
    return client.post(f"/api/v1/images/{image.pk}/retry/")


@pytest.mark.parametrize(("person", "visibility", "seen"), VISIBILITY_CASES)
def test_only_the_owner_and_superusers_retry(
    people: dict[str, Client], owner: User, person: str, visibility: str, seen: bool
) -> None:
    image = make_image(owner, visibility=visibility, state="failed", error_code="corrupt")
    expected = {"owner": 200, "curator": 200, "anonymous": 401, "stranger": 403 if seen else 404}
    assert retry(people[person], image).status_code == expected[person]
    image.refresh_from_db()
    assert image.state == ("stored" if expected[person] == 200 else "failed")


@pytest.mark.parametrize("state", ["failed", "quarantined"])
def test_a_failed_image_waits_again(owner_client: Client, owner: User, state: str) -> None:
    image = make_image(owner, state=state, error_code="corrupt", error_message="Damaged.")
    body = json_body(retry(owner_client, image))
    assert (body["status"], body["error"]) == ("stored", None)


@pytest.mark.parametrize("state", ["stored", "derived", "ready"])
def test_other_states_cannot_be_retried(owner_client: Client, owner: User, state: str) -> None:
    problem(retry(owner_client, make_image(owner, state=state)), 409, "conflict")
    assert Image.objects.get().state == state
