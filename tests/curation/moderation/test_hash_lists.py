"""Lists of hashes: their import, and what happens to files on them."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from gallery.core.errors import InvalidInput, PictureBlocked
from gallery.curation.moderation import hash_lists
from gallery.curation.moderation.hash_lists import import_list
from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.media.perceptual_hash import hexadecimal, perceptual_hash
from gallery.models import HashListEntry, Image, ModerationAction
from gallery.models.moderation import reasons
from tests.builders import make_image, make_moderator, moderate
from tests.scenes import encoded, opened, photo

pytestmark = pytest.mark.django_db

DATA = photo("PNG")
SHA256 = hashlib.sha256(DATA).hexdigest()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_listed_file_is_refused(owner: User, own_media: Path) -> None:
    import_list([SHA256], name="bad", action=ModerationAction.BLOCK)
    with pytest.raises(PictureBlocked) as raised:
        accept([DATA], owner=owner)
    assert (raised.value.code, raised.value.status) == ("picture_blocked", 422)
    assert not Image.objects.exists()
    assert files(own_media) == []


def test_the_bytes_of_a_blocked_picture_are_refused(owner: User, stranger: User) -> None:
    moderate(accept([DATA], owner=owner).image, "block")
    for person in (owner, stranger):
        with pytest.raises(PictureBlocked):
            accept([DATA], owner=person)


def test_restored_bytes_are_accepted_beside_blocked_copies(owner: User, stranger: User) -> None:
    image, copy = (accept([DATA], owner=person).image for person in (owner, stranger))
    moderate(image, "block")
    moderate(image, "restore")
    again = accept([DATA], owner=owner)
    assert (again.image.pk, again.created) == (image.pk, False)
    other = accept([DATA], owner=make_moderator("other")).image
    assert (other.moderation, again.image.moderation) == ("visible", "visible")
    copy.refresh_from_db()
    assert copy.moderation == "blocked"


def test_another_block_refuses_restored_bytes(owner: User, stranger: User) -> None:
    accept([DATA], owner=stranger)
    image = moderate(accept([DATA], owner=owner).image, "block")
    moderate(image, "restore")
    moderate(image, "block")
    for person in (owner, stranger, None):
        with pytest.raises(PictureBlocked):
            accept([DATA], owner=person)


def test_copies_on_another_list_are_blocked(owner: User, stranger: User) -> None:
    import_list([SHA256], name="known spam", action=ModerationAction.HOLD)
    image, copy = (accept([DATA], owner=person).image for person in (owner, stranger))
    for each in (image, copy):
        moderate(each, "approve")
    moderate(image, "block")
    copy.refresh_from_db()
    assert copy.moderation == "blocked"
    assert HashListEntry.objects.get().list_name == "known spam"


def test_listed_bytes_stay_with_their_restored_owner(owner: User, stranger: User) -> None:
    image = accept([DATA], owner=owner).image
    import_list([SHA256], name="bad", action=ModerationAction.BLOCK)
    moderate(image, "restore")
    assert accept([DATA], owner=owner).image == image
    for person in (stranger, None):
        with pytest.raises(PictureBlocked):
            accept([DATA], owner=person)


@pytest.mark.parametrize(("action", "state"), [("hold", "held"), ("hide", "hidden")])
def test_a_listed_file_is_held_or_hidden(owner: User, action: str, state: str) -> None:
    import_list([SHA256], name="doubtful", action=ModerationAction(action))
    assert accept([DATA], owner=owner).image.moderation == state


def test_a_new_list_finds_existing_pictures(owner: User) -> None:
    image = accept([DATA], owner=owner).image
    imported = import_list([SHA256, "0" * 64], name="bad", action=ModerationAction.HIDE)
    image.refresh_from_db()
    assert image.moderation == "hidden"
    assert (imported.added, imported.known, imported.images) == (2, 0, 1)


def test_an_approved_picture_is_not_found_again(owner: User) -> None:
    image = accept([DATA], owner=owner).image
    import_list([SHA256], name="bad", action=ModerationAction.HIDE)
    moderate(image, "restore")
    assert import_list([SHA256], name="bad", action=ModerationAction.HIDE).images == 0
    image.refresh_from_db()
    assert image.moderation == "visible"


def test_a_list_imported_again_leaves_decisions(owner: User) -> None:
    image = accept([DATA], owner=owner).image
    import_list([SHA256], name="bad", action=ModerationAction.HIDE)
    moderate(image, "restore")
    call_command("hashlist", "remove", "bad")
    assert import_list([SHA256], name="bad", action=ModerationAction.HIDE).images == 0
    image.refresh_from_db()
    assert image.moderation == "visible"


def test_lists_have_comments_notes_and_repetitions() -> None:
    lines = ["# source", "", f"{SHA256.upper()}  holiday.jpg", SHA256, "\ufeff" + "1" * 64]
    assert import_list(lines, name="bad", action=ModerationAction.BLOCK).added == 2
    assert HashListEntry.objects.get(value=SHA256).note == "holiday.jpg"


@pytest.mark.parametrize("line", ["nonsense", f"{'0' * 64} a\0note"])
def test_a_bad_line_imports_nothing(line: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        import_list([SHA256, line], name="bad", action=ModerationAction.BLOCK)
    assert raised.value.data["line"] == 2
    assert not HashListEntry.objects.exists()


def test_the_command_imports_lists_and_removes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.txt").write_text(f"{SHA256}\n")
    call_command("hashlist", "import", str(tmp_path / "list.txt"), "--name=bad", "--do=hide")
    call_command("hashlist", "list")
    call_command("hashlist", "remove", "bad")
    printed = capsys.readouterr().out.splitlines()
    assert printed == [
        "1 entries added, 0 were there; 0 pictures found.", "bad: 1 to hide", "1 entries removed.",
    ]  # fmt: skip
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("hashlist", "import", str(tmp_path / "none.txt"), "--name=bad")


def test_a_picture_without_bytes_on_a_list_is_untouched(owner: User) -> None:
    image = make_image(owner)
    import_list(["0" * 64], name="bad", action=ModerationAction.HIDE)
    image.refresh_from_db()
    assert image.moderation == "visible"


NOISE = np.random.default_rng(1).integers(0, 256, (8, 12, 3), dtype=np.uint8)
BOAT = encoded(PIL.Image.fromarray(NOISE).resize((300, 200)))
SMALLER_BOAT = encoded(PIL.Image.fromarray(NOISE).resize((210, 140)), "JPEG")


def hash_in_hexadecimal() -> str:
    return hexadecimal(perceptual_hash(opened(SMALLER_BOAT)))


def with_other_bits(value: str, count: int) -> str:
    return f"{int(value, 16) ^ ((1 << count) - 1):016x}"


@pytest.mark.parametrize(("other_bits", "state"), [(0, "held"), (6, "held"), (16, "visible")])
def test_a_similar_picture_is_held(owner: User, other_bits: int, state: str) -> None:
    value = with_other_bits(hash_in_hexadecimal(), other_bits)
    import_list([value], name="similar", action=ModerationAction.HOLD, radius=8)
    image = accept([BOAT], owner=owner).image
    derive(image.pk)
    image.refresh_from_db()
    assert image.moderation == state


def test_a_perceptual_list_finds_existing_pictures(owner: User) -> None:
    image = accept([BOAT], owner=owner).image
    derive(image.pk)
    value = with_other_bits(hash_in_hexadecimal(), 3)
    import_list([value], name="similar", action=ModerationAction.BLOCK, radius=8)
    image.refresh_from_db()
    assert image.moderation == "blocked"


def test_the_radius_is_limited() -> None:
    with pytest.raises(InvalidInput, match="0 to 16"):
        import_list(["0" * 16], name="x", action=ModerationAction.HOLD, radius=17)


def test_blocked_bytes_stay_refused_without_the_picture(owner: User) -> None:
    image = moderate(accept([DATA], owner=owner).image, "block")
    image.delete()
    with pytest.raises(PictureBlocked):
        accept([DATA], owner=owner)


def test_copies_of_a_blocked_picture_are_blocked(owner: User, stranger: User) -> None:
    image, copy = (accept([DATA], owner=person).image for person in (owner, stranger))
    other = make_image(owner)
    moderate(image, "block")
    states = Image.objects.in_bulk([copy.pk, other.pk])
    assert (states[copy.pk].moderation, states[other.pk].moderation) == ("blocked", "visible")


def test_restored_bytes_are_accepted_again(owner: User, stranger: User) -> None:
    image = moderate(accept([DATA], owner=owner).image, "block")
    moderate(image, "restore")
    assert accept([DATA], owner=stranger).image.moderation == "visible"


def test_an_interrupted_import_is_continued(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    image = accept([DATA], owner=owner).image
    with monkeypatch.context() as patch:
        patch.setattr(hash_lists, "apply", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            import_list([SHA256], name="bad", action=ModerationAction.HIDE)
    imported = import_list([SHA256], name="bad", action=ModerationAction.HIDE)
    image.refresh_from_db()
    assert (imported.known, imported.images, image.moderation) == (1, 1, "hidden")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("source", ["import", "block"])
def test_an_upload_in_progress_is_found(owner: User, stranger: User, source: str) -> None:
    """The upload has read the lists, and is stored after the list is."""
    image = accept([DATA], owner=stranger).image
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            accept([DATA], owner=owner)
            listing = pool.submit(block, image, source)
            with pytest.raises(TimeoutError):
                listing.result(1)
        listing.result(30)
    assert [row.moderation for row in Image.objects.all()] == ["blocked"] * 2


def block(image: Image, source: str) -> None:
    try:
        if source == "block":
            moderate(image, "block")
        else:
            import_list([SHA256], name="bad", action=ModerationAction.BLOCK)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_block_waits_for_a_picture_in_process(owner: User) -> None:
    """The picture has read the lists, and its row is written before that of the decision."""
    image = make_image(owner)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            reasons.compare_perceptual_hash(image.pk, 1)
            blocking = pool.submit(block, image, "block")
            with pytest.raises(TimeoutError):
                blocking.result(1)
            Image.objects.filter(pk=image.pk).update(perceptual_hash=1)
        blocking.result(30)
    image.refresh_from_db()
    assert (image.moderation, image.perceptual_hash) == ("blocked", 1)
