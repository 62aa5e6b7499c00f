"""The entrance: a question becomes an answer from the database, and one of a language model."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_noop

from gallery.ask import conversation as conversations
from gallery.ask.citations import cited_in
from gallery.ask.clean_text import cleaned
from gallery.ask.conversation import Conversation, Turn
from gallery.ask.facts import Facts, facts_of
from gallery.ask.pieces import Pieces
from gallery.ask.prompt import messages_for
from gallery.ask.question import MAX_LENGTH, Kind, Question, read
from gallery.ask.retrieval import Retrieved, Scope, find
from gallery.ask.sent_pictures import NumberedPicture, may_be_sent, sent_of_total
from gallery.ask.subjects.box import box_of
from gallery.core.errors import InvalidInput
from gallery.llm.metered import MeteredChat, chat_of
from gallery.models import Image, User

# Pictures that one question adds, and that are shown and sent with it. Eight previews take about
# 7,000 tokens.
_NEW, _MOST = 8, 16
# Pictures of a conversation, so that its signed text stays short.
_MOST_NUMBERS = 200


@dataclass(frozen=True)
class AskRequest:
    """What a person sends. ``conversation`` is the signed text of the last answer."""

    question: str
    scope: Scope = field(default_factory=Scope)
    conversation: str = ""
    with_model: bool = True


@dataclass(frozen=True)
class Answer:
    """``facts`` come from the database. ``chat`` is None if no model answers. ``keys`` are those of
    ``pictures``, and of the ones of the conversation that are gone. ``new`` are those of the
    question; the others are of the conversation."""

    question: str
    user: User
    facts: Facts
    pictures: tuple[NumberedPicture, ...]
    keys: tuple[uuid.UUID, ...]
    new: frozenset[uuid.UUID]
    before: Conversation
    chat: MeteredChat | None

    @property
    def numbers(self) -> set[int]:
        return {each.number for each in self.pictures if each.is_sent}

    @property
    def matching(self) -> list[NumberedPicture]:
        """The pictures that answer the question."""
        return [each for each in self.pictures if each.key in self.new]

    @property
    def earlier(self) -> list[NumberedPicture]:
        """Other pictures of the conversation, which its answers cite."""
        return [each for each in self.pictures if each.key not in self.new]

    @property
    def sent(self) -> int:
        """The number of pictures of this question that the model gets."""
        return sum(each.is_sent and each.key in self.new for each in self.pictures)

    @property
    def sent_sentence(self) -> str:
        """How many of the pictures that match the model gets; empty if it answers nothing."""
        return sent_of_total(self.sent, self.facts.total) if self.chat else ""

    def cited(self, text: str) -> tuple[int, ...]:
        return cited_in(text, self.numbers)

    def pieces(self) -> Pieces:
        """The model's answer as it is written. The place for it is taken by this call, and freed
        when the iterator ends or is closed. Only then are the pictures encoded.

        Raises ``TooBusy`` and ``LlmBudgetSpent`` now; the iterator raises the errors of
        ``llm.metered``.
        """
        if self.chat is None:
            return Pieces.none()
        number, turns = (self.sent, self.facts.total), self.before.turns
        return Pieces.of(
            self.chat, lambda: messages_for(self.question, self.pictures, number, turns)
        )

    def conversation(self, text: str) -> str:
        """For the next question, after the model has written ``text``."""
        turn = Turn(self.question, text, self.facts.text)
        return conversations.signed(conversations.added(self.before, turn, self.keys), self.user)


def answer(request: AskRequest, user: User) -> Answer:
    """Raises ``InvalidInput``, which names the field, and the errors of ``search.engine``."""
    text = cleaned(request.question).strip()
    if not text:
        raise InvalidInput(gettext_noop("Type a question."), field="question")
    if len(text) > MAX_LENGTH:
        raise InvalidInput(gettext_noop("The question is too long."), field="question")
    before = conversations.read(request.conversation, user)
    if len(before.pictures) + _NEW > _MOST_NUMBERS:
        raise InvalidInput(
            gettext_noop("This conversation is too long. Start a new one."), field="conversation"
        )
    question, retrieved = _retrieve(read(text), user, request.scope, before)
    chat = chat_of(user) if request.with_model else None
    keys, pictures = _numbered(retrieved, before, user)
    return Answer(
        question=text,
        user=user,
        facts=facts_of(question.kind, retrieved, user),
        pictures=pictures,
        keys=keys,
        new=frozenset(image.pk for each in retrieved for image in each.best),
        before=_topic(before, question, retrieved[0]),
        # Without a picture it has nothing to answer from.
        chat=chat if any(each.is_sent for each in pictures) else None,
    )


def _retrieve(
    question: Question, user: User, scope: Scope, before: Conversation
) -> tuple[Question, list[Retrieved]]:
    """A question that names nothing, such as “and in 2022?”, is about what the last one named."""
    if question.kind is Kind.SHOW and scope.search is not None:
        # A question about the results of a search is about all of them.
        question = replace(question, subjects=("",), is_about_all=True)
    limit = _NEW // len(question.subjects)
    boxes = [box_of(text, question, user) for text in question.subjects]
    retrieved = [find(box, user, scope=scope, limit=limit) for box in boxes]
    names_nothing = boxes[0].can_be_answered and not (retrieved[0].text or question.is_about_all)
    carries = before.subject and (question.continues or before.carries)
    if names_nothing and carries and not scope.images:
        if question.kind is Kind.SHOW:
            question = replace(question, kind=Kind(before.kind))
        box = box_of(f"{before.subject} {question.subjects[0]}", question, user)
        retrieved = [find(box, user, scope=scope, limit=limit)]
    return question, retrieved


def _topic(before: Conversation, question: Question, retrieved: Retrieved) -> Conversation:
    """A topic that matched nothing, or only names a filter, is not that of a question which is
    complete without it."""
    subject = " ".join(filter(None, (retrieved.text, *retrieved.sought.operators)))
    carries = bool(retrieved.text and retrieved.best)
    return replace(before, kind=question.kind, subject=subject, carries=carries)


def _numbered(
    retrieved: list[Retrieved], before: Conversation, user: User
) -> tuple[tuple[uuid.UUID, ...], tuple[NumberedPicture, ...]]:
    """The pictures of the conversation keep their numbers; those of the question follow. The keys
    of pictures that are deleted, or no longer visible, have numbers too. With those of the
    question, the newest of the conversation are shown."""
    earlier = Image.objects.visible_to(user).in_bulk(before.pictures)
    best = {image.pk: image for each in retrieved for image in each.best}
    new = [key for key in best if key not in before.pictures]
    keys, images = (*before.pictures, *new), best | earlier
    others = [key for key in keys if key in images and key not in best]
    shown = {*best, *others[len(best) - _MOST :]}
    pictures = tuple(
        NumberedPicture(number, images[key], may_be_sent(images[key], user))
        for number, key in enumerate(keys, start=1)
        if key in shown
    )
    return keys, pictures
