from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command

from gallery.operations.known_models import known_models
from tests.encoders.tiny_texts import make_tiny_texts

PLAIN, MULTILINGUAL = "clip-ViT-B-32", "clip-ViT-B-32-multilingual-v1"


@pytest.fixture(autouse=True)
def empty_hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))


def here() -> set[str]:
    return {model.name for model in known_models() if model.here}


def test_the_builtin_model_is_always_here() -> None:
    assert here() == {"builtin"}


def test_a_model_put_into_the_models_directory_is_here(site_models: Path) -> None:
    shutil.copytree(site_models / "one", site_models / PLAIN)
    assert here() == {"builtin", PLAIN}


def test_a_text_tower_is_here_when_both_models_are(site_models: Path) -> None:
    make_tiny_texts(site_models / MULTILINGUAL)
    assert here() == {"builtin"}
    shutil.copytree(site_models / "one", site_models / PLAIN)
    assert here() == {"builtin", PLAIN, MULTILINGUAL}


def test_the_table_tells_what_a_choice_needs() -> None:
    out = io.StringIO()
    call_command("encoder", "presets", stdout=out)
    rows = {line.split()[0]: line for line in out.getvalue().splitlines() if line}
    assert rows["builtin"].split()[:4] == ["builtin", "yes", "12", "MB"]
    for word in ("no ", "539 MB", "50", "Chinese", "Apache-2.0", "hub, with clip-ViT-B-32 for"):
        assert word in rows[MULTILINGUAL]
    assert "605 MB" in rows["clip-ViT-B-32-laion2B"]
