"""Draw the demo gallery: small WebP pictures with titles and captions in two languages.

    python -m tools.make_demo_gallery

The scenes are composed by hand (tools/demo/recipes.py), so none of them occurs in a training batch.
They use the same drawings and landscapes, so the built-in encoder recognises them.
"""

import argparse
import json
import random
import re
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from tools.demo.arrangement import Arrangement
from tools.demo.recipes import RECIPES, Recipe
from tools.demo.titles import Texts, texts_of
from tools.scenes.compose import render
from tools.scenes.sprites import Sprite, load_sprites

ROOT = Path(__file__).resolve().parent.parent
LONGER_SIDE = 480
QUALITY = 72
MAX_GALLERY_BYTES = 1_500_000


def draw(recipe: Recipe, sprites: list[Sprite], seed: str) -> Image.Image:
    scene = Arrangement(recipe, sprites, random.Random(seed)).scene()
    shorter = LONGER_SIDE / max(scene.aspect, 1 / scene.aspect)
    return render(scene, sprites, round(shorter))


def _file_name(number: int, texts: Texts) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", texts.title_en.lower()).strip("-")
    return f"{number:03d}-{slug}.webp"


def make(out: Path, seed: int) -> int:
    """Returns the size of all pictures in bytes. Pictures of an earlier run are deleted."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.webp"):
        old.unlink()
    sprites = load_sprites()
    captions = []
    for number, recipe in enumerate(tqdm(RECIPES, unit="picture"), start=1):
        texts = texts_of(recipe)
        name = _file_name(number, texts)
        picture = draw(recipe, sprites, f"demo/{seed}/{number}")
        picture.save(out / name, "WEBP", quality=QUALITY, method=6)
        captions.append(
            {
                "file": name,
                "title_en": texts.title_en,
                "title_zh": texts.title_zh,
                "caption_en": texts.caption_en,
                "caption_zh": texts.caption_zh,
            }
        )
    text = json.dumps(captions, ensure_ascii=False, indent=1) + "\n"
    (out / "captions.json").write_text(text, encoding="utf-8")
    return sum(file.stat().st_size for file in out.glob("*.webp"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "gallery/demo")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    size = make(options.out, options.seed)
    print(f"{len(RECIPES)} pictures, {size:,} bytes")
    if size > MAX_GALLERY_BYTES:
        raise SystemExit(f"more than {MAX_GALLERY_BYTES:,} bytes")


if __name__ == "__main__":
    main()
