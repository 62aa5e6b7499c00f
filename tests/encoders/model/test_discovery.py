from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model.discovery import Choice, discover, obtain
from gallery.encoders.model.presets import PRESETS
from tests.encoders.conftest import UseHub
from tests.encoders.hub_server import COMMIT, serve
from tests.encoders.loading import load
from tests.encoders.tiny_clip import make_hub_cache, make_hub_layout

pytestmark = pytest.mark.usefixtures("hub_home", "models_dir", "unloaded")


@pytest.fixture
def hanging_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A host name lookup that hangs, as behind a firewall that drops packets."""
    released = threading.Event()

    def hang(*_: Any, **__: Any) -> Any:
        released.wait(60)
        raise socket.gaierror("released")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    yield
    released.set()


@pytest.fixture
def hub(tiny_clip: Path, tmp_path: Path, use_hub: UseHub) -> Iterator[list[str]]:
    model = make_hub_layout(tiny_clip, tmp_path / "offered")
    (model / "0_CLIPModel" / "pytorch_model.bin").write_bytes(b"pickle")
    (model / "onnx").mkdir()
    (model / "onnx" / "config.json").write_text("{}")
    with serve(model) as (address, requested):
        use_hub(address)
        yield requested


def test_cached_model_is_used_without_the_network(
    tiny_clip: Path, hub_home: Path, hanging_names: None
) -> None:
    make_hub_cache(tiny_clip, hub_home)
    assert discover() == Choice("clip-ViT-B-32", "found in the hub cache")


def test_hanging_host_lookup_ends_at_the_timeout(hanging_names: None, gallery_setting: Any) -> None:
    gallery_setting(hub_timeout=1)
    started = time.monotonic()
    assert discover() == Choice("builtin", "the model hub did not answer within 1 s")
    assert time.monotonic() - started < 20


def test_silent_hub_ends_at_the_timeout(use_hub: UseHub, gallery_setting: Any) -> None:
    gallery_setting(hub_timeout=1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        use_hub(f"http://127.0.0.1:{server.getsockname()[1]}")
        started = time.monotonic()
        assert discover() == Choice("builtin", "the model hub did not answer within 1 s")
        assert time.monotonic() - started < 20


def test_refused_connection_is_given_as_reason(use_hub: UseHub) -> None:
    use_hub("http://127.0.0.1:9")
    choice = discover()
    assert choice.name == "builtin"
    assert choice.reason.startswith("the model hub cannot be reached: ")


def test_offline_mode_does_not_ask_the_hub(monkeypatch: pytest.MonkeyPatch, hub: list[str]) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    choice = discover()
    assert choice == Choice(
        "builtin", "HF_HUB_OFFLINE is set and clip-ViT-B-32 is not in the hub cache"
    )
    assert hub == []


def test_preferred_model_is_downloaded(hub: list[str]) -> None:
    assert discover() == Choice("clip-ViT-B-32", "downloaded from the model hub")
    pinned = PRESETS["clip-ViT-B-32"].revision
    assert load("clip-ViT-B-32").fingerprint.revision == pinned[:16]


def test_only_needed_files_are_downloaded(hub: list[str]) -> None:
    discover()
    downloaded = {path.rpartition("/")[2] for path in hub if "/resolve/" in path}
    assert "model.safetensors" in downloaded
    assert "pytorch_model.bin" not in downloaded
    assert not [path for path in hub if "onnx" in path]


def test_interrupted_download_falls_back_to_builtin(
    hub: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("huggingface_hub.snapshot_download", no_space)
    monkeypatch.setattr("gallery.encoders.model.lookup.find", not_found)
    choice = discover()
    assert choice.name == "builtin"
    assert choice.reason == ("the download of clip-ViT-B-32 failed: No space left on device")


def test_incomplete_model_in_cache_is_not_used(
    tiny_clip: Path, hub_home: Path, use_hub: UseHub
) -> None:
    make_hub_cache(tiny_clip, hub_home)
    next(hub_home.rglob("model.safetensors")).unlink()
    use_hub("http://127.0.0.1:9")
    assert discover().name == "builtin"


def test_named_model_is_downloaded(hub: list[str]) -> None:
    model = obtain("someone/clip-of-ours")
    assert model.pictures.commit == COMMIT
    assert obtain("someone/clip-of-ours") == model


def test_unavailable_named_model_is_an_error(use_hub: UseHub) -> None:
    use_hub("http://127.0.0.1:9")
    with pytest.raises(EncoderUnavailable, match=r"someone/clip.*the model hub cannot be reached"):
        obtain("someone/clip")


def test_hub_is_not_asked_for_a_folder(hub: list[str], tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable):
        obtain(str(tmp_path / "none"))
    assert hub == []


def not_found(name: str) -> None:
    raise EncoderUnavailable(f"{name} was not found")
