from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gallery.embeddings.embed import embed_backlog
from gallery.encoders.model import discovery
from gallery.models import EmbeddingSpace
from tests.embeddings.conftest import MakeDerived

pytestmark = pytest.mark.django_db


def encoder(*arguments: str) -> str:
    out = io.StringIO()
    call_command("encoder", *arguments, stdout=out)
    return out.getvalue()


def test_choose_prints_the_model_and_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    reason = "the model hub did not answer within 10 s"
    monkeypatch.setattr(discovery, "discover", lambda: discovery.Choice("one", reason))
    assert encoder("choose", "--name", "auto") == f"encoder: one — {reason}\n"


def test_choose_uses_the_setting(gallery_setting: Any) -> None:
    gallery_setting(encoder="two")
    assert encoder("choose") == "encoder: two — chosen by name\n"


def test_a_refusal_is_a_command_error() -> None:
    with pytest.raises(CommandError, match="gives vectors of 256 numbers"):
        encoder("choose", "--name", "narrow")


def test_show_prints_the_active_space(space: EmbeddingSpace, make_derived: MakeDerived) -> None:
    make_derived(), make_derived()
    embed_backlog()
    output = encoder("show")
    for word in ("one", space.fingerprint, "512", "2 of 2 pictures", "chosen by name"):
        assert word in output


def test_show_without_a_choice_names_the_command() -> None:
    with pytest.raises(CommandError, match="encoder choose"):
        encoder("show")
