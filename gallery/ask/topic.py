"""What a question is about, alone or as the continuation of a conversation."""

from __future__ import annotations

from dataclasses import replace

from gallery.ask.conversation import Conversation
from gallery.ask.question import Kind, Question
from gallery.ask.retrieval import Retrieved, Scope, find
from gallery.ask.subjects.box import box_of
from gallery.models import User


def retrieve(
    question: Question, user: User, *, scope: Scope, before: Conversation, limit: int
) -> tuple[Question, list[Retrieved]]:
    """A question that names nothing, such as “and in 2022?”, is about what the last one named."""
    if question.kind is Kind.SHOW and scope.search is not None:
        # A question about the results of a search is about all of them.
        question = replace(question, subjects=("",), is_about_all=True)
    limit //= len(question.subjects)
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


def topic_of(before: Conversation, question: Question, retrieved: Retrieved) -> Conversation:
    """A topic that matched nothing, or only names a filter, is not that of a question which is
    complete without it."""
    subject = " ".join(filter(None, (retrieved.text, *retrieved.sought.operators)))
    carries = bool(retrieved.text and retrieved.best)
    return replace(before, kind=question.kind, subject=subject, carries=carries)
