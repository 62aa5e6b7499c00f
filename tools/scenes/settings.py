"""The settings of the scenes, such as a beach, with their names in both languages."""

from dataclasses import dataclass
from typing import Literal

Ground = Literal["ground", "water", "air"]


@dataclass(frozen=True, slots=True)
class Setting:
    """`en`: phrases after a noun; `zh`: phrases before 的; `horizon`: a share of the height."""

    key: str
    en: tuple[str, ...]
    zh: tuple[str, ...]
    en_alone: str
    zh_alone: str
    ground: Ground
    horizon: float


def _setting(key: str, en: str, zh: str, alone: str, ground: Ground, horizon: float) -> Setting:
    en_alone, zh_alone = alone.split("|")
    return Setting(
        key, tuple(en.split("|")), tuple(zh.split("|")), en_alone, zh_alone, ground, horizon
    )


SETTINGS: tuple[Setting, ...] = (
    _setting(
        "beach",
        "on a beach|on the beach|at the beach|by the sea|on the sand",
        "海边|沙滩上|海滩上",
        "a beach|海边",
        "ground",
        0.60,
    ),
    _setting(
        "sea",
        "on the sea|at sea|in the sea|on the water|on the ocean",
        "海上|大海上|海里|水上",
        "the sea|大海",
        "water",
        0.50,
    ),
    _setting(
        "underwater",
        "under water|under the sea|underwater|at the bottom of the sea",
        "水下|海底|水里",
        "under the sea|海底",
        "air",
        0.80,
    ),
    _setting(
        "night",
        "at night|in the night sky|under the stars|in the dark",
        "夜空下|星空下|夜里|夜晚",
        "a starry night|星空",
        "ground",
        0.80,
    ),
    _setting(
        "moon",
        "on the moon|on the surface of the moon",
        "月球上|月亮上",
        "the surface of the moon|月球表面",
        "ground",
        0.68,
    ),
    _setting(
        "space",
        "in space|in outer space|among the stars",
        "太空中|太空里|宇宙中",
        "outer space|太空",
        "air",
        1.0,
    ),
    _setting(
        "grass",
        "on the grass|in a meadow|in a field|on a lawn|in a green field",
        "草地上|草坪上|田野里",
        "a green meadow|草地",
        "ground",
        0.58,
    ),
    _setting(
        "flowers",
        "in a flower field|among flowers|in a garden of flowers",
        "花丛中|花园里|花田里",
        "a field of flowers|花田",
        "ground",
        0.52,
    ),
    _setting(
        "hills",
        "in the hills|on a hill|on green hills",
        "山坡上|小山上|山丘上",
        "green hills|山丘",
        "ground",
        0.62,
    ),
    _setting(
        "mountains",
        "in the mountains|in front of mountains|near the mountains",
        "山里|山中|群山前",
        "mountains|群山",
        "ground",
        0.70,
    ),
    _setting(
        "snow",
        "in the snow|on the snow|in a snowy field|in winter",
        "雪地里|雪中|雪地上|冬天",
        "a snowy landscape|雪景",
        "ground",
        0.60,
    ),
    _setting(
        "desert",
        "in the desert|on a sand dune|on the dunes",
        "沙漠里|沙漠中|沙丘上",
        "a desert|沙漠",
        "ground",
        0.58,
    ),
    _setting(
        "sky",
        "in the sky|in the clouds|in a blue sky|up in the air",
        "天空中|天上|云中|蓝天上",
        "a blue sky with clouds|蓝天白云",
        "air",
        1.0,
    ),
    _setting(
        "sunset",
        "at sunset|in the sunset|in the evening light",
        "夕阳下|日落时|黄昏",
        "a sunset|夕阳",
        "ground",
        0.66,
    ),
    _setting(
        "forest",
        "in the forest|in the woods|among trees",
        "森林里|树林里|林中",
        "a forest|森林",
        "ground",
        0.70,
    ),
    _setting(
        "table",
        "on a table|on the table|on a wooden table",
        "桌子上|桌上|木桌上",
        "a wooden table|木桌",
        "ground",
        0.62,
    ),
    _setting(
        "room",
        "in a room|at home|indoors|in the living room",
        "房间里|家里|屋里",
        "an empty room|房间",
        "ground",
        0.68,
    ),
    _setting(
        "city",
        "in the city|in town|in front of city buildings",
        "城市里|城里|高楼前",
        "a city|城市",
        "ground",
        0.76,
    ),
    _setting(
        "road",
        "on the road|on a street|on the street",
        "马路上|路上|街上|公路上",
        "a road|马路",
        "ground",
        0.58,
    ),
    _setting(
        "rain", "in the rain|on a rainy day", "雨中|雨里|下雨天", "a rainy day|雨天", "ground", 0.74
    ),
)
BY_KEY: dict[str, Setting] = {setting.key: setting for setting in SETTINGS}
