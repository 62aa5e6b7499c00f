"""What a question is about, alone or as the continuation of a conversation."""

from __future__ import annotations

from dataclasses import replace

from gallery.ask.conversation import Conversation
from gallery.ask.question import Kind, Question
from gallery.ask.retrieval import Retrieved, Scope, find
from gallery.ask.subjects.box import Box, box_of, operators_of
from gallery.models import User
from gallery.search.syntax import add_operator

# Only one of these can be what a question means.
_SAME = {"taken": "date", "uploaded": "date", "is:mine": "owner"}


def retrieve(
    question: Question, user: User, *, scope: Scope, before: Conversation, limit: int
) -> tuple[Question, list[Retrieved]]:
    """A question that names nothing, such as “and in 2022?”, is about what the last one named; one
    that continues it, such as “what about dogs?”, keeps its dates and owner."""
    if question.kind is Kind.SHOW and scope.search is not None:
        # A question about the results of a search is about all of them.
        question = replace(question, subjects=("",), is_about_all=True)
    question = _continued(question, before)
    limit //= len(question.subjects)
    boxes = [_box(text, question, user, before) for text in question.subjects]
    retrieved = [find(box, user, scope=scope, limit=limit) for box in boxes]
    names_nothing = boxes[0].can_be_answered and not (retrieved[0].text or question.is_about_all)
    carries = before.subject and (question.continues or before.carries)
    if names_nothing and carries and not scope.images:
        if question.kind is Kind.SHOW:
            question = replace(question, kind=Kind(before.kind))
        box = _box(f"{before.subject} {question.subjects[0]}", question, user, before)
        retrieved = [find(box, user, scope=scope, limit=limit)]
    return question, retrieved


def topic_of(before: Conversation, question: Question, retrieved: Retrieved) -> Conversation:
    """A topic that matched nothing, or only names a filter, is not that of a question which is
    complete without it."""
    subject = " ".join(filter(None, (retrieved.text, *retrieved.sought.operators)))
    return replace(
        before,
        kind=question.kind,
        subject=subject,
        carries=bool(retrieved.text and retrieved.best),
        filters=retrieved.filters,
        by_upload=question.by_upload,
    )


def _continued(question: Question, before: Conversation) -> Question:
    if not (question.continues and before.kind):
        return question
    is_part = question.is_elliptical and question.kind is Kind.SHOW
    return replace(
        question,
        kind=Kind(before.kind) if is_part else question.kind,
        by_upload=question.by_upload or (before.by_upload and not question.by_taken),
    )


def _box(text: str, question: Question, user: User, before: Conversation) -> Box:
    """With the filters of the question before, unless this one has others of the same kind."""
    box = box_of(text, question, user)
    if not question.continues or not box.can_be_answered:
        return box
    own = set(map(_group, operators_of(box.text, user)))
    inherited = [each for each in before.filters if each[0] != "-" and _group(each) not in own]
    text = box.text
    for operator in inherited:
        text = add_operator(text, operator)
    return replace(box, text=text)


def _group(operator: str) -> str:
    name = operator if operator.startswith("is:") else operator.lstrip("-").partition(":")[0]
    return _SAME.get(name, name)
