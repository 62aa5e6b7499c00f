"""No text is fetched, decoded or opened as a picture, even if it looks like a URL or a path."""

from __future__ import annotations

import base64
import io
import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from gallery.encoders.base import Encoder
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx.export_folder import read_card, text_export_folder
from gallery.encoders.onnx.text_encoder import OnnxTextEncoder
from gallery.encoders.towers import TwoTowers
from tests.encoders.loading import load


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


@pytest.fixture(params=["reference", "fast path", "two models", "two models, fast path"])
def encoder(request: pytest.FixtureRequest, tiny_clip: Path, tiny_texts: Path) -> Encoder:
    if request.param == "fast path":
        fast: Encoder = request.getfixturevalue("fast_tiny")
        return fast
    if request.param == "reference":
        return load(tiny_clip)
    folder = ModelFolder(str(tiny_texts), tiny_texts)
    both = TwoTowers(ModelFolder("clip", tiny_clip), folder)
    if request.param == "two models, fast path":
        exported: Path = request.getfixturevalue("exported_texts")
        card = read_card(exported, text_export_folder(fingerprint_of(folder)))
        assert card is not None
        both.texts.replace(OnnxTextEncoder(exported, card))
    return both


def red_png() -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", (32, 32), "red").save(file, "PNG")
    return file.getvalue()


def is_text(encoder: Encoder, text: str) -> bool:
    """Whether blanks around the text make no difference: only a tokenizer ignores them."""
    bare, padded = encoder.encode_texts([text]), encoder.encode_texts([f" {text} "])
    return bool(np.allclose(bare, padded, atol=1e-5))


def test_url_is_not_fetched(encoder: Encoder, listener: socket.socket) -> None:
    assert is_text(encoder, f"http://127.0.0.1:{listener.getsockname()[1]}/x.png")
    with pytest.raises(TimeoutError):
        listener.accept()


def test_data_uri_is_not_decoded(encoder: Encoder) -> None:
    uri = "data:image/png;base64," + base64.b64encode(red_png()).decode()
    red = encoder.encode_images([PIL.Image.new("RGB", (32, 32), "red")])[0]
    assert is_text(encoder, uri)
    assert encoder.encode_texts([uri])[0] @ red < 0.99


def test_path_is_not_opened(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(red_png())
    opened: list[object] = []
    monkeypatch.setattr(PIL.Image, "open", lambda *arguments, **_: opened.append(arguments))
    assert is_text(encoder, str(path))
    assert opened == []
