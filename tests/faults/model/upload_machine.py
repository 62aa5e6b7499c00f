"""Random programs over the HTTP API and the workers, against a model in memory.

After each step the invariants I1 to I6 of docs/reliability.md hold.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis.strategies as st
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gallery.core.dispatch import Stage
from gallery.models import (
    DeletedImage,
    Embedding,
    Image,
    Moderation,
    ModerationAction,
    State,
)
from gallery.models.moderation.states import STATE_AFTER
from tests.faults.model.simulated_site import KILL_POINTS, SimulatedSite
from tests.faults.uploads.pictures import picture

_IMAGES = "/api/v1/images/"
# The last one is cut off.
NUMBERS = (1, 2, 3, 37)
_SEED = 1
TERMINAL = (State.READY, State.FAILED, State.QUARANTINED)

numbers = st.sampled_from(NUMBERS)
kills = st.sampled_from(["", "", *KILL_POINTS])


@dataclass
class Known:
    """What the owner knows of a picture that was answered with 2xx."""

    id: str
    title: str = ""
    tags: set[str] = field(default_factory=set)
    moderation: str = Moderation.VISIBLE


class UploadMachine(RuleBasedStateMachine):
    def __init__(self, site: SimulatedSite, owner: Client, moderator: Client) -> None:
        super().__init__()
        self.site, self.owner, self.moderator = site, owner, moderator
        self.known: dict[int, Known] = {}
        # Originals that killed uploads may have left; the finder of orphans removes them later.
        self.left_behind = 0

    @rule(number=numbers, kill_at=kills)
    def upload(self, number: int, kill_at: str) -> None:
        status, key = 0, ""
        with self.site.killed_at(kill_at):
            answer = self.owner.post(_IMAGES, {"file": _file(number)})
            status, key = answer.status_code, answer.json()["id"]
        if status == 0:
            self.left_behind += 1
            return self._read_back(number)
        assert status == (200 if number in self.known else 201)
        assert key == self.known.setdefault(number, Known(key)).id

    @precondition(lambda self: self.known)
    @rule(data=st.data(), title=st.sampled_from(["red", "blue", ""]))
    def edit(self, data: st.DataObject, title: str) -> None:
        one = self._any(data)
        body = {"title": title}
        answer = self.owner.patch(f"{_IMAGES}{one.id}/", body, "application/json")
        assert (answer.status_code, answer.json()["title"]) == (200, title)
        one.title = title

    @precondition(lambda self: self.known)
    @rule(data=st.data(), tag=st.sampled_from(["boat", "sea"]), approved=st.booleans())
    def tag(self, data: st.DataObject, tag: str, approved: bool) -> None:
        one = self._any(data)
        body = {"tag": tag, "state": "approved"}
        if not approved and tag in one.tags:
            body["state"] = "rejected"
        answer = self.owner.put(f"{_IMAGES}{one.id}/tags/", body, "application/json")
        assert answer.status_code == 200
        one.tags = one.tags | {tag} if body["state"] == "approved" else one.tags - {tag}

    @precondition(lambda self: self.known)
    @rule(data=st.data(), action=st.sampled_from(["reject", "restore"]))
    def moderate(self, data: st.DataObject, action: str) -> None:
        one = self._any(data)
        address = f"{_IMAGES}{one.id}/moderation/"
        answer = self.moderator.post(address, {"action": action}, "application/json")
        after = STATE_AFTER[ModerationAction(action)]
        # A decision that changes nothing may be refused.
        assert answer.status_code in ((200,) if after != one.moderation else (200, 409))
        one.moderation = after

    @precondition(lambda self: self.known)
    @rule(data=st.data(), kill_at=kills)
    def delete(self, data: st.DataObject, kill_at: str) -> None:
        one, status = self._any(data), 0
        with self.site.killed_at(kill_at):
            status = self.owner.delete(f"{_IMAGES}{one.id}/").status_code
        number = next(number for number, other in self.known.items() if other is one)
        if status == 0:
            return self._read_back(number)
        assert status == 204
        del self.known[number]

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        one = self._any(data)
        has_failed = Image.objects.get(pk=one.id).state in (State.FAILED, State.QUARANTINED)
        answer = self.owner.post(f"{_IMAGES}{one.id}/retry/")
        assert answer.status_code == (200 if has_failed else 409)

    @precondition(lambda self: self.site.messages)
    @rule(data=st.data(), kill_at=kills)
    def deliver_a_message(self, data: st.DataObject, kill_at: str) -> None:
        self.site.deliver(self._place(data), kill_at=kill_at)

    @precondition(lambda self: self.site.messages)
    @rule(data=st.data())
    def lose_a_message(self, data: st.DataObject) -> None:
        self.site.messages.pop(self._place(data))

    @precondition(lambda self: self.site.messages)
    @rule(data=st.data())
    def duplicate_a_message(self, data: st.DataObject) -> None:
        self.site.messages.append(self.site.messages[self._place(data)])

    @rule(kill_at=kills)
    def sweep(self, kill_at: str) -> None:
        self.site.work(Stage.SWEEP, kill_at=kill_at)

    @rule()
    def let_time_pass(self) -> None:
        self.site.let_time_pass()

    @precondition(lambda self: self.known)
    @rule(data=st.data(), stage=st.sampled_from([Stage.DERIVE, Stage.EMBED]))
    def replay_finished_work(self, data: st.DataObject, stage: Stage) -> None:
        """I5: a message for a picture that is finished changes nothing."""
        row = Image.objects.filter(pk=self._any(data).id)
        if row.get().state in TERMINAL and not self._others_wait():
            before = row.values().get()
            self.site.work(stage, *([str(row.get().pk)] if stage == Stage.DERIVE else []))
            assert row.values().get() == before

    @invariant()
    def rows_are_those_answered(self) -> None:
        """I1 and I3, with what the owner entered."""
        assert {str(key) for key in Image.objects.values_list("pk", flat=True)} == {
            one.id for one in self.known.values()
        }
        for number, one in self.known.items():
            row = Image.objects.get(pk=one.id)
            data = picture(_SEED, number)
            assert (_media() / row.original).read_bytes() == data
            assert row.sha256 == hashlib.sha256(data).hexdigest()
            assert (row.title, row.moderation) == (one.title, one.moderation)
            assert set(row.tag_names.split()) >= one.tags

    @invariant()
    def ready_means_ready(self) -> None:
        """I2 and I3: three previews and one vector of length 1."""
        for row in Image.objects.filter(state=State.READY):
            assert len(list((_media() / "previews").glob(f"*/{row.pk}/*.webp"))) == 3
            vector = Embedding.objects.get(image=row).vector
            assert abs(sum(value * value for value in vector) - 1) < 1e-3

    @invariant()
    def no_file_is_left(self) -> None:
        """I4"""
        existing = set(Image.objects.values_list("original", flat=True))
        existing |= set(DeletedImage.objects.values_list("original", flat=True))
        files = {str(path.relative_to(_media())) for path in _media().glob("originals/*/*")}
        assert len(files - existing) <= self.left_behind

    @invariant()
    def everything_is_explained(self) -> None:
        """I6: what is not finished has a next attempt, and a failure has a reason."""
        for row in Image.objects.all():
            if row.state in (State.FAILED, State.QUARANTINED):
                assert row.error_code
            assert (row.lease_until is None) or row.state not in TERMINAL

    def teardown(self) -> None:
        """I1: once the faults end, everything is finished."""
        if connection.in_atomic_block:
            return
        self.site.drain()
        self.rows_are_those_answered()
        self.ready_means_ready()
        for number, one in self.known.items():
            state = Image.objects.get(pk=one.id).state
            expected = (State.FAILED, State.READY) if number == NUMBERS[-1] else (State.READY,)
            assert state in (*expected, State.QUARANTINED), (number, state)

    def _any(self, data: st.DataObject) -> Known:
        return self.known[data.draw(st.sampled_from(sorted(self.known)))]

    def _place(self, data: st.DataObject) -> int:
        return data.draw(st.integers(0, len(self.site.messages) - 1))

    def _others_wait(self) -> bool:
        return Image.objects.exclude(state__in=TERMINAL).exists()

    def _read_back(self, number: int) -> None:
        """After a request without an answer, its owner looks whether the picture is there."""
        sha256 = hashlib.sha256(picture(_SEED, number)).hexdigest()
        row = Image.objects.filter(sha256=sha256).first()
        if row is None:
            self.known.pop(number, None)
        else:
            self.known.setdefault(number, Known(str(row.pk)))


def _file(number: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("picture", picture(_SEED, number))


def _media() -> Path:
    return Path(settings.MEDIA_ROOT)
