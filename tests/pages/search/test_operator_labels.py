"""The words of the chips: what an operator means, in English and in Chinese."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from gallery.pages.search.chips.operator_labels import label_of
from gallery.search.syntax import parse
from tests.search.syntax.test_documented_examples import examples

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def labels(box: str) -> list[str]:
    return [label_of(operator) for operator in parse(box, now=NOW).operators]


@pytest.mark.parametrize(
    ("operator", "english", "chinese"),
    [
        ("owner:ann", "Owner: ann", "所有者：ann"),
        ("owner:me", "Your pictures", "您的图片"),
        ("owner:none", "No owner", "无所有者"),
        ("id:A-17", "External ID: A-17", "外部编号：A-17"),
        ("tag:beach", "Tag: beach", "标签：beach"),
        ("is:landscape", "Landscape", "横向"),
        ("是：横图", "Landscape", "横向"),
        ("-is:landscape", "Except Landscape", "排除 横向"),
        ("is:private", "Visible to: only me", "可见范围：仅自己"),
        ("is:failed", "Status: failed", "状态：处理失败"),
        ("is:captioned", "With caption", "有说明"),
        ("-has:caption", "Without caption", "没有说明"),
        ("after:2024-06", "Date: from June 2024", "日期：2024年6月起"),
        ("after:2024-06-30", "Date: from June 30, 2024", "日期：2024年6月30日起"),
        ("before:2025", "Date: before 2025", "日期：2025年之前"),
        ("date:2024", "Date: 2024", "日期：2024年"),
        ("date:2024-06", "Date: June 2024", "日期：2024年6月"),
        ("date:2024-06..2024-08", "Date: June 2024 – August 2024", "日期：2024年6月 – 2024年8月"),
        ("date:去年", "Date: 2025", "日期：2025年"),
        ("taken:yesterday", "Taken: Nov. 20, 2026", "拍摄时间：2026年11月20日"),
        ("uploaded:2024..2025", "Uploaded: 2024 – 2025", "上传时间：2024年 – 2025年"),
        ('camera:"Canon EOS R5"', "Camera: Canon EOS R5", "相机：Canon EOS R5"),
        ("lens:23mm", "Lens: 23mm", "镜头：23mm"),
        ("format:jpg,png", "Format: JPEG, PNG", "格式：JPEG、PNG"),
        ("size:>5mb", "Size: at least 5 MB", "大小：至少 5 MB"),
        ("size:..500kb", "Size: at most 500 KB", "大小：至多 500 KB"),
        ("mp:8..24.5", "Megapixels: 8 – 24.5", "百万像素：8 – 24.5"),
        ("near:48.85,2.35,10km", "Within 10 km of 48.85, 2.35", "48.85, 2.35 周围 10 公里"),
        ("colour:red", "Colour: Red", "颜色：红色"),
        ("颜色：红色", "Colour: Red", "颜色：红色"),
        ("#ff8800", "Colour: #ff8800", "颜色：#ff8800"),
        ("meta.category:shoes", "category: shoes", "category：shoes"),
        ("meta.size:38,39", "size: 38, 39", "size：38、39"),
        ("meta.price:3..7", "price ≥ 3, ≤ 7", "price ≥ 3、≤ 7"),
        ("meta.price:*", "price: any value", "price：任意值"),
    ],
)
def test_an_operator_is_shown_in_words(operator: str, english: str, chinese: str) -> None:
    assert labels(operator) == [english]
    with translation.override("zh-hans"):
        assert labels(operator) == [chinese]


@pytest.mark.parametrize("box", examples())
def test_every_documented_operator_has_words(box: str) -> None:
    sources = [operator.source for operator in parse(box, now=NOW).operators]
    assert not set(labels(box)) & set(sources)
