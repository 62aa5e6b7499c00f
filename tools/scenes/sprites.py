"""Draw every thing once from Noto Color Emoji and keep the drawings as pixels."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from tools.scenes.vocabulary import Thing, load_things

FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")  # fonts-noto-color-emoji
STRIKE = 109  # pixels; the font has bitmaps of this size only
GLYPH_WIDTH = 136
SIGNATURE = 16
SIDE = 128  # pixels; each drawing touches at least two edges of this square
# Below this mean squared difference (0..1) two drawings count as the same thing. The flags of
# Norway, Svalbard and Bouvet Island, for example, are the same picture.
SAME_PICTURE = 2e-4


@dataclass(frozen=True, slots=True)
class Sprite:
    """`image` is RGBA, SIDE x SIDE pixels; `half` and `quarter` are smaller copies for scaling.

    `foot` is the distance from the centre to the lowest pixel, as a share of SIDE: at most 0.5.
    """

    thing: Thing
    foot: float
    image: Image.Image
    half: Image.Image
    quarter: Image.Image


def _draw(glyph: str, font: ImageFont.FreeTypeFont) -> Image.Image | None:
    # If the font has no glyph for a sequence, it draws several glyphs side by side.
    if font.getlength(glyph) > GLYPH_WIDTH + 1:
        return None
    canvas = Image.new("RGBA", (160, 160))
    ImageDraw.Draw(canvas).text((8, 8), glyph, font=font, embedded_color=True)
    box = canvas.getbbox()
    if box is None:
        return None
    cut = canvas.crop(box)
    scale = SIDE / max(cut.size)
    size = (max(1, round(cut.width * scale)), max(1, round(cut.height * scale)))
    square = Image.new("RGBA", (SIDE, SIDE))
    cut = cut.resize(size, Image.Resampling.LANCZOS)
    square.paste(cut, ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2))
    return square


def _signature(image: Image.Image) -> npt.NDArray[np.float32]:
    grey = Image.new("RGBA", image.size, (128, 128, 128, 255))
    grey.alpha_composite(image)
    small = grey.convert("RGB").resize((SIGNATURE, SIGNATURE), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32).reshape(-1) / np.float32(255)


def _merge(kept: Thing, twin: Thing) -> Thing:
    return replace(
        kept,
        en_aliases=(*kept.en_aliases, twin.en),
        zh_aliases=(*kept.zh_aliases, twin.zh),
    )


def _draw_all(font_file: Path) -> list[tuple[Thing, Image.Image]]:
    font = ImageFont.truetype(font_file, STRIKE, layout_engine=ImageFont.Layout.RAQM)
    drawn: list[tuple[Thing, Image.Image]] = []
    things = load_things()
    seen = np.full((len(things), SIGNATURE * SIGNATURE * 3), np.inf, dtype=np.float32)
    for thing in things:
        image = _draw(thing.glyph, font)
        if image is None:
            continue
        signature = _signature(image)
        distance = np.square(seen[: len(drawn) + 1] - signature).mean(axis=1)
        nearest = int(distance.argmin())
        if distance[nearest] < SAME_PICTURE:
            drawn[nearest] = (_merge(drawn[nearest][0], thing), drawn[nearest][1])
            continue
        seen[len(drawn)] = signature
        drawn.append((thing, image))
    return drawn


def load_sprites(font_file: Path = FONT) -> list[Sprite]:
    """One sprite per distinct drawing, in the order of the vocabulary. Takes about 5 seconds."""
    half, quarter = (SIDE // 2, SIDE // 2), (SIDE // 4, SIDE // 4)
    return [
        Sprite(
            thing,
            (image.getbbox() or (0, 0, SIDE, SIDE))[3] / SIDE - 0.5,
            image,
            image.resize(half, Image.Resampling.BOX),
            image.resize(quarter, Image.Resampling.BOX),
        )
        for thing, image in _draw_all(font_file)
    ]
