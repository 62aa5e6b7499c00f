"""Damaged files and vectors are found, all of them and nothing else; and made again."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from gallery.changeover.choose import choose
from gallery.embeddings.embed import embed_backlog
from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.media import storage
from gallery.media.previews import SIZES
from gallery.models import Embedding, EmbeddingSpace, Image, IntegrityFinding, State
from gallery.operations.files.backup import backup
from tests import scenes
from tests.builders import make_embedding, make_space, unit_vector

Picture = Callable[..., Image]
pytestmark = pytest.mark.django_db(transaction=True)


def integrity(*arguments: str) -> tuple[dict[str, list[str]], bool]:
    """The findings: kind → ids; and whether the command says that all is well."""
    output, is_good = StringIO(), False
    with suppress(CommandError):
        call_command("integrity", "--json", *arguments, stdout=output)
        is_good = True
    findings: dict[str, list[str]] = {}
    for finding in json.loads(output.getvalue())["findings"]:
        findings.setdefault(finding["kind"], []).append(finding["picture"])
    return {kind: sorted(ids) for kind, ids in findings.items()}, is_good


def flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position % len(data)] ^= 1 << (position % 8)
    path.write_bytes(data)


def ids(*images: Image) -> list[str]:
    return sorted(str(image.pk) for image in images)


def test_a_good_gallery_has_no_finding(picture: Picture) -> None:
    picture(1)
    accept([scenes.plain()], owner=None)
    assert integrity() == ({}, True)


def test_each_flipped_bit_is_found(picture: Picture) -> None:
    pictures = [picture(number) for number in range(24)]
    originals, previews, good = pictures[:12], pictures[12:21], pictures[21:]
    for number, image in enumerate(originals):
        flip(storage.original_path(image), number * 37)
    for number, image in enumerate(previews):
        size = list(SIZES)[number % len(SIZES)]
        flip(storage.preview_path(image.pk, size), number * 41)
    findings, is_good = integrity()
    assert findings == {"original_damaged": ids(*originals), "preview_damaged": ids(*previews)}
    assert not is_good
    assert Image.objects.filter(state=State.READY).count() == len(originals + previews + good)


def test_repair_makes_previews_again(picture: Picture, own_media: Path) -> None:
    damaged, missing, good = picture(1), picture(2), picture(3)
    path = storage.preview_path(damaged.pk, "small")
    before = path.read_bytes()
    flip(path, 100)
    storage.preview_path(missing.pk, "large").unlink()
    assert integrity("--repair") == ({}, True)
    for image in (damaged, missing):
        image.refresh_from_db()
        assert image.state == State.STORED
        derive(image.pk)
    good.refresh_from_db()
    assert good.state == State.READY
    assert path.read_bytes() == before
    Image.objects.update(state=State.READY)
    assert integrity() == ({}, True)


def test_a_missing_original_is_reported(picture: Picture) -> None:
    image, _ = picture(1), picture(2)
    storage.original_path(image).unlink()
    assert integrity()[0] == {"original_missing": ids(image)}
    assert IntegrityFinding.objects.get().image == image


def test_previews_of_damaged_originals_stay(picture: Picture) -> None:
    """A new preview would show the damage, and the picture would not be searchable meanwhile."""
    image = picture(1)
    flip(storage.original_path(image), 300)
    flip(storage.preview_path(image.pk, "small"), 100)
    findings, _ = integrity("--repair")
    assert findings.keys() == {"original_damaged", "preview_damaged"}
    assert Image.objects.get().state == State.READY


def test_previews_without_hash_are_decoded(picture: Picture) -> None:
    """Those that an older version made; a hash is stored for the next check."""
    good, broken = picture(1), picture(2)
    Image.objects.update(previews_sha256=None)
    storage.preview_path(broken.pk, "medium").write_bytes(b"no picture")
    assert integrity()[0] == {"preview_damaged": ids(broken)}
    good.refresh_from_db()
    assert good.previews_sha256 is not None
    broken.refresh_from_db()
    assert broken.previews_sha256 is None


def test_bad_vectors_are_found_and_replaced(picture: Picture, space: EmbeddingSpace) -> None:
    long, missing, _good = picture(1), picture(2), picture(3)
    Embedding.objects.filter(image=long).update(vector=2 * unit_vector(1))
    Embedding.objects.filter(image=missing).delete()
    findings = {"vector_invalid": ids(long), "vector_missing": ids(missing)}
    assert integrity()[0] == findings
    assert integrity("--repair") == ({}, True)
    assert set(Image.objects.filter(state=State.DERIVED)) == {long, missing}


def test_a_bad_vector_elsewhere_is_deleted(picture: Picture, space: EmbeddingSpace) -> None:
    """In a space that is not active: its picture stays searchable."""
    image = picture(1)
    other = make_space(active=False)
    make_embedding(image, other, np.zeros_like(unit_vector(1)))
    assert integrity()[0] == {"vector_invalid": ids(image)}
    integrity("--repair")
    assert not other.embeddings.exists()
    assert space.embeddings.count() == 1


@pytest.mark.slow
def test_foreign_vectors_are_found_by_encoding(transactional_db: None) -> None:
    choose("builtin")
    images = [accept([scenes.photo("PNG", size=(90 + n, 60))], owner=None).image for n in range(2)]
    for image in images:
        derive(image.pk)
    embed_backlog()
    assert integrity("--encode") == ({}, True)
    Embedding.objects.filter(image=images[1]).update(vector=unit_vector(5))
    assert integrity() == ({}, True)
    assert integrity("--encode")[0] == {"vector_foreign": ids(images[1])}
    assert integrity("--encode", "--repair") == ({}, True)
    embed_backlog()
    assert integrity("--encode") == ({}, True)


def test_an_empty_media_folder_gives_no_verdict(picture: Picture, own_media: Path) -> None:
    """As when its disk is not mounted."""
    picture(1)
    integrity()
    own_media.rename(own_media.with_name("unmounted"))
    own_media.mkdir()
    with pytest.raises(CommandError, match="Is its disk mounted"):
        call_command("integrity", "--repair", stdout=StringIO())
    assert not IntegrityFinding.objects.exists()
    assert Image.objects.get().state == State.READY
    assert integrity("--accept-folder")[0].keys() == {"original_missing", "preview_missing"}


def test_a_moved_media_folder_is_the_same(picture: Picture, own_media: Path) -> None:
    """Its pictures prove it, although somebody has left the file with its id behind."""
    picture(1)
    integrity()
    (own_media / ".media-id").unlink()
    assert integrity() == ({}, True)


def test_originals_are_put_back_from_a_backup(picture: Picture, tmp_path: Path) -> None:
    flipped, missing = picture(1), picture(2)
    backup(tmp_path / "backups")
    before = storage.original_path(flipped).read_bytes()
    flip(storage.original_path(flipped), 20)
    storage.original_path(missing).unlink()
    assert integrity("--repair")[0].keys() == {"original_damaged", "original_missing"}
    assert integrity("--repair", "--backup", str(tmp_path / "backups")) == ({}, True)
    assert storage.original_path(flipped).read_bytes() == before
    assert not IntegrityFinding.objects.exists()


def test_uploading_again_replaces_damaged_originals(picture: Picture, owner: User) -> None:
    image = picture(1, owner=owner)
    good = storage.original_path(image).read_bytes()
    flip(storage.original_path(image), 50)
    integrity()
    again = accept([good], owner=owner)
    assert again.image == image
    assert storage.original_path(image).read_bytes() == good
    assert not IntegrityFinding.objects.exists()
