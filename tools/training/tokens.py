"""Train the tokenizer: byte-level BPE, lower case, each Chinese character separate."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer

from tools.scenes.captions import caption
from tools.scenes.sprites import Sprite
from tools.training.plan import plan

VOCABULARY = 6000
PAD, BOS, UNK, EOS = "<|pad|>", "<|startoftext|>", "<|unk|>", "<|endoftext|>"
# EOS must not have id 2. transformers takes that for an old CLIP, and would look for the end of
# a text at its highest id.
SPECIAL = (PAD, BOS, UNK, EOS)
CONTEXT = 32
# "海边的狗" has no spaces. Split into characters, it shares parts with "海边" and "狗".
WORDS = r"\p{Han}|[\p{L}\p{M}&&[^\p{Han}]]+|\p{N}|[^\s\p{L}\p{M}\p{N}]+"


def _texts(sprites: Sequence[Sprite], seed: int, batches: int) -> Iterator[str]:
    rng = random.Random(f"tokens/{seed}")
    for sprite in sprites:
        thing = sprite.thing
        # Repeated often enough that every character of a name becomes a token.
        for _ in range(6):
            yield from (thing.en, thing.zh, *thing.en_aliases, *thing.zh_aliases)
            yield from (*thing.en_keywords, *thing.zh_keywords)
    for _ in range(batches):
        for planned in plan(rng, sprites, 512):
            yield caption(planned.scene, sprites, "en", rng)
            yield caption(planned.scene, sprites, "zh", rng)


def train_tokenizer(sprites: Sequence[Sprite], seed: int, out: Path, batches: int = 80) -> None:
    tokenizer = Tokenizer(BPE(unk_token=UNK))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(),
            normalizers.Lowercase(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = ByteLevelDecoder()
    trainer = BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(sprites, seed, batches), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A {EOS}",
        special_tokens=[(BOS, SPECIAL.index(BOS)), (EOS, SPECIAL.index(EOS))],
    )
    tokenizer.enable_truncation(CONTEXT)
    tokenizer.enable_padding(pad_id=SPECIAL.index(PAD), pad_token=PAD)
    out.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out))
