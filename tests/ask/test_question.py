"""What a question asks for, in English and Chinese."""

from __future__ import annotations

import pytest

from gallery.ask.question import Kind, read


@pytest.mark.parametrize(
    ("text", "kind", "subjects"),
    [
        ("How many pictures of cats did I take in 2023?", Kind.COUNT, ("cats in 2023",)),
        ("how many cats are there", Kind.COUNT, ("cats",)),
        ("How many pictures are there?", Kind.COUNT, ("",)),
        ("Number of photos with a red car", Kind.COUNT, ("a red car",)),
        ("When did I photograph the lighthouse?", Kind.WHEN, ("the lighthouse",)),
        ("When was the picture of the bridge taken?", Kind.WHEN, ("the bridge",)),
        ("In which year did I take beach pictures?", Kind.WHEN, ("beach",)),
        ("Where were the beach pictures taken?", Kind.WHERE, ("the beach",)),
        ("Which tags do my cats have?", Kind.TAGS, ("my cats",)),
        ("Which camera took the pictures in 2022?", Kind.CAMERAS, ("in 2022",)),
        ("Who took the pictures of the beach?", Kind.PEOPLE, ("the beach",)),
        ("Are there more cats than dogs?", Kind.COMPARE, ("cats", "dogs")),
        ("more cats or dogs?", Kind.COMPARE, ("cats", "dogs")),
        ("Compare cats and dogs", Kind.COMPARE, ("cats", "dogs")),
        ("What is on the pictures of dogs on a beach?", Kind.SHOW, ("dogs on a beach",)),
        ("What is the dog doing?", Kind.SHOW, ("the dog doing",)),
        ("2023年我拍了多少张猫的照片？", Kind.COUNT, ("2023年 猫",)),
        ("有几张海滩的照片", Kind.COUNT, ("海滩",)),
        ("什么时候拍的灯塔？", Kind.WHEN, ("灯塔",)),
        ("海滩的照片是在哪里拍的", Kind.WHERE, ("海滩",)),
        ("猫多还是狗多？", Kind.COMPARE, ("猫", "狗")),
        ("猫和狗哪个多", Kind.COMPARE, ("猫", "狗")),
        ("谁拍了海滩的照片", Kind.PEOPLE, ("海滩",)),
        ("", Kind.SHOW, ("",)),
    ],
)
def test_question_is_read(text: str, kind: Kind, subjects: tuple[str, ...]) -> None:
    question = read(text)
    assert (question.kind, question.subjects) == (kind, subjects)
