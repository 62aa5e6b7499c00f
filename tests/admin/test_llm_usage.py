"""Who used the language model: in the admin, and on the account page of each person."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from gallery.llm.budget import spending


def use(user: User) -> None:
    with spending(user) as usage:
        usage.tokens_in, usage.tokens_out = 4321, 79


def test_staff_see_who_used_how_much(curator_client: Client, owner: User) -> None:
    use(owner)
    page = curator_client.get("/admin/gallery/llmusage/").content.decode()
    for text in ("owner", "4321", "79"):
        assert text in page
    assert curator_client.get("/admin/gallery/llmusage/add/").status_code == 403


def test_person_sees_own_use_and_limits(
    owner_client: Client, owner: User, stranger: User, gallery_setting: Any
) -> None:
    use(owner)
    use(stranger)
    assert "Language model" not in owner_client.get("/account/").content.decode()
    gallery_setting(llm_provider="openai", llm_model="m", llm_user_requests=50, llm_user_tokens=0)
    page = " ".join(owner_client.get("/account/").content.decode().split())
    assert "Today: 1 request of 50, 4400 tokens" in page
