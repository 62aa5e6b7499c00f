"""Choose the Chinese measure word of a noun: 一只 for a cat, 一辆 for a car, 一棵 for a tree."""

from collections.abc import Sequence

# Searched in this order, first in the name and then among the CLDR keywords.
BY_HINT: tuple[tuple[str, str], ...] = (
    ("鱼", "条"),
    ("蛇", "条"),
    ("龙", "条"),
    ("马", "匹"),
    ("牛", "头"),
    ("猪", "头"),
    ("象", "头"),
    ("鸟", "只"),
    ("宠物", "只"),
    ("猫", "只"),
    ("狗", "只"),
    ("动物", "只"),
    ("昆虫", "只"),
    ("虫", "只"),
    ("恐龙", "只"),
    ("船", "艘"),
    ("飞机", "架"),
    ("车", "辆"),
    ("树", "棵"),
    ("花", "朵"),
    ("云", "朵"),
    ("书", "本"),
    ("国旗", "面"),
    ("旗", "面"),
    ("鞋", "双"),
    ("衣", "件"),
    ("裤", "条"),
    ("帽", "顶"),
    ("伞", "把"),
    ("刀", "把"),
    ("椅", "把"),
    ("吉他", "把"),
    ("酒", "杯"),
    ("茶", "杯"),
    ("咖啡", "杯"),
    ("饮料", "杯"),
    ("房", "座"),
    ("建筑", "座"),
    ("山", "座"),
    ("表情", "张"),
    ("脸", "张"),
    ("星", "颗"),
    ("心", "颗"),
)
USUAL = "个"
ALL = tuple(dict.fromkeys([USUAL, *(measure for _, measure in BY_HINT)]))


def measure_word(name: str, keywords: Sequence[str]) -> str:
    for hint, measure in BY_HINT:
        if hint in name:
            return measure
    for hint, measure in BY_HINT:
        if hint in keywords:
            return measure
    return USUAL
