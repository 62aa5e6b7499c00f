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


def test_choose_says_what_and_why_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    reason = "the model hub did not answer within 10 s"
    monkeypatch.setattr(discovery, "discover", lambda: discovery.Choice("one", reason))
    assert encoder("choose", "--name", "auto") == f"encoder: one — {reason}\n"


def test_choose_obeys_the_setting(gallery_setting: Any) -> None:
    gallery_setting(encoder="two")
    assert encoder("choose") == "encoder: two — asked for by name\n"


def test_a_refusal_is_one_sentence_and_an_exit_status() -> None:
    with pytest.raises(CommandError, match="gives vectors of 256 numbers"):
        encoder("choose", "--name", "narrow")


def test_show_tells_how_far_the_space_is_filled(
    space: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    make_derived(), make_derived()
    embed_backlog()
    told = encoder("show")
    for word in ("one", space.fingerprint, "512", "2 of 2 ready", "asked for by name"):
        assert word in told


def test_show_without_a_choice_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="encoder choose"):
        encoder("show")
