"""Staff see every webhook, without its secret, and can delete it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.integration.webhooks import register
from gallery.models import Webhook

pytestmark = pytest.mark.django_db


def test_staff_see_and_delete_webhooks(curator_client: Client, owner: User) -> None:
    webhook = register.create(owner, url="https://example.org/hook", names=["image.ready"])
    listed = curator_client.get("/admin/gallery/webhook/").content.decode()
    page = curator_client.get(f"/admin/gallery/webhook/{webhook.pk}/change/").content.decode()
    for text in (listed, page):
        assert "https://example.org/hook" in text
        assert webhook.secret not in text
    curator_client.post(f"/admin/gallery/webhook/{webhook.pk}/delete/", {"post": "yes"})
    assert not Webhook.objects.exists()
