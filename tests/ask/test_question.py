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


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("How many pictures did I take in 2022?", "in 2022"),
        ("How many pictures do I have?", ""),
        ("When did I take pictures?", ""),
        ("Where did I take pictures?", ""),
        ("How many photos have I uploaded?", ""),
        ("my pictures of the sea", "the sea"),
        ("How many of my pictures show the sea?", "the sea"),
        ("How many pictures of cats are mine?", "cats"),
        ("How many videos do I have?", "videos"),
        ("How many cats I took with a Canon?", "cats taken with a Canon"),
        ("Which of my pictures show a dog?", "a dog"),
        ("Do I have any cats?", "cats"),
        ("我最早的照片是什么时候拍的？", ""),
        ("我共有多少张图", ""),
        ("我2022年拍了多少张照片？", "2022年"),
        ("我有多少张照片？", ""),
        ("我的照片是在哪里拍的？", ""),
        ("我拍了多少张照片", ""),
        ("我有没有猫的照片？", "猫"),
    ],
)
def test_questions_about_own_pictures(text: str, subject: str) -> None:
    question = read(text)
    assert question.is_own
    assert question.subjects == (subject,)


@pytest.mark.parametrize(
    "text",
    [
        "Which tags do my cats have?",
        "How many pictures did we take?",
        "Is there a gold mine?",
        "我的猫有多少张照片",
        "给我看猫的照片",
        "我们拍了多少张照片",
        "我和小红拍的照片",
    ],
)
def test_questions_about_pictures_of_all(text: str) -> None:
    assert not read(text).is_own


@pytest.mark.parametrize(
    ("text", "subject", "left_out"),
    [
        ("How many pictures without dogs?", "", ("dogs",)),
        ("How many pictures of cats without a dog in 2023?", "cats in 2023", ("dog",)),
        ("How many pictures have no people?", "", ("people",)),
        ("How many pictures do not show dogs or cats?", "", ("dogs", "cats")),
        ("How many pictures except dogs?", "", ("dogs",)),
        ("How many pictures have no tag dog?", "", ("dog",)),
        ("不是狗的照片有几张", "", ("狗",)),
        ("多少张照片不是2022年的", "不是2022年", ()),
        ("没有狗的照片有几张？", "", ("狗",)),
        ("除了狗以外有多少张照片", "", ("狗",)),
        ("有几张照片没有狗？", "", ("狗",)),
        ("有没有猫的照片？", "猫", ()),
        ("Is there a cat?", "a cat", ()),
    ],
)
def test_what_is_left_out_is_read(text: str, subject: str, left_out: tuple[str, ...]) -> None:
    question = read(text)
    assert (question.subjects, question.left_out) == ((subject,), left_out)


@pytest.mark.parametrize(
    ("text", "kind", "subjects"),
    [
        ("Which cameras were used?", Kind.CAMERAS, ("",)),
        ("Which cameras did I use?", Kind.CAMERAS, ("",)),
        ("Which camera is used most often?", Kind.CAMERAS, ("",)),
        ("Who took the most pictures?", Kind.PEOPLE, ("",)),
        ("Which year has the most pictures?", Kind.WHEN, ("",)),
        ("哪里拍的照片最多", Kind.WHERE, ("",)),
        ("Who has the most pictures?", Kind.PEOPLE, ("",)),
        ("谁的照片最多？", Kind.PEOPLE, ("",)),
        ("What is the most common tag?", Kind.TAGS, ("",)),
        ("哪个标签最多？", Kind.TAGS, ("",)),
        ("what is the oldest picture?", Kind.WHEN, ("",)),
        ("What is the newest picture of a cat?", Kind.WHEN, ("a cat",)),
        ("when was the last one?", Kind.WHEN, ("",)),
        ("最早的照片是哪一年？", Kind.WHEN, ("",)),
        ("2023年5月拍的照片有哪些标签？", Kind.TAGS, ("2023年5月",)),
        ("哪些照片是用佳能拍的？", Kind.SHOW, ("用佳能拍的",)),
        ("Which pictures were taken with a Canon?", Kind.SHOW, ("taken with a Canon",)),
        ("How many did I take with my Canon?", Kind.COUNT, ("taken with my Canon",)),
        ("Is there a picture of a cat?", Kind.SHOW, ("a cat",)),
        ("How many pictures have the tag wave?", Kind.COUNT, ("tagged wave",)),
        ("有海浪标签的照片有几张", Kind.COUNT, ("有海浪标签",)),
        ("哪个多，猫还是狗", Kind.COMPARE, ("猫", "狗")),
        ("图库里有多少张照片", Kind.COUNT, ("",)),
    ],
)
def test_words_of_questions_are_no_topics(text: str, kind: Kind, subjects: tuple[str, ...]) -> None:
    question = read(text)
    assert (question.kind, question.subjects) == (kind, subjects)
