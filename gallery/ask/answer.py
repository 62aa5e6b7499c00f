"""The entrance: a question becomes an answer from the database, and one of a language model."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from gallery.ask import conversation as conversations
from gallery.ask.citations import cited_in
from gallery.ask.clean_text import cleaned
from gallery.ask.conversation import Conversation, Turn
from gallery.ask.facts.facts import Facts, facts_of
from gallery.ask.numbered import numbered
from gallery.ask.pieces import Pieces
from gallery.ask.prompt import messages_for
from gallery.ask.question import MAX_LENGTH, read
from gallery.ask.retrieval import Scope
from gallery.ask.sent_pictures import NumberedPicture, sent_of_total
from gallery.ask.topic import retrieve, topic_of
from gallery.core.errors import InvalidInput
from gallery.llm.metered import MeteredChat, chat_of
from gallery.models import User

# Pictures that one question adds.
_NEW = 8
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
    question, retrieved = retrieve(read(text), user, scope=request.scope, before=before, limit=_NEW)
    chat = chat_of(user) if request.with_model else None
    keys, pictures = numbered(retrieved, before, user)
    return Answer(
        question=text,
        user=user,
        facts=facts_of(question.kind, retrieved, user),
        pictures=pictures,
        keys=keys,
        new=frozenset(image.pk for each in retrieved for image in each.best),
        before=topic_of(before, question, retrieved[0]),
        # Without a picture it has nothing to answer from.
        chat=chat if any(each.is_sent for each in pictures) else None,
    )
