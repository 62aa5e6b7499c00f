"""The architecture of the encoder: an ordinary, small CLIP."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from transformers import CLIPConfig, CLIPModel

from tools.training.batches import IMAGE_SIZE
from tools.training.tokens import BOS, CONTEXT, EOS, PAD, SPECIAL, VOCABULARY

WIDTH, HEADS = 192, 3
TEXT_LAYERS, VISION_LAYERS = 4, 6
PATCH = 12
PROJECTION = 512
HIGHEST_SCALE = 4.6052  # ln 100, as in the CLIP paper
TEXT_BUCKETS = 4


def new_config() -> CLIPConfig:
    shared = {
        "hidden_size": WIDTH,
        "intermediate_size": 4 * WIDTH,
        "num_attention_heads": HEADS,
        "projection_dim": PROJECTION,
        # ReLU needs fewer passes over memory than GELU. Here speed matters more than quality.
        "hidden_act": "relu",
    }
    return CLIPConfig(
        text_config=shared
        | {
            "vocab_size": VOCABULARY,
            "num_hidden_layers": TEXT_LAYERS,
            "max_position_embeddings": CONTEXT,
            "pad_token_id": SPECIAL.index(PAD),
            "bos_token_id": SPECIAL.index(BOS),
            "eos_token_id": SPECIAL.index(EOS),
        },
        vision_config=shared
        | {
            "num_hidden_layers": VISION_LAYERS,
            "image_size": IMAGE_SIZE,
            "patch_size": PATCH,
        },
        projection_dim=PROJECTION,
    )


def new_model() -> CLIPModel:
    # With sequences this short, the backward pass of flash attention would take 40 % of a step.
    build: Callable[..., CLIPModel] = CLIPModel._from_config
    return build(new_config(), attn_implementation="eager")


def embed_pictures(model: CLIPModel, pixels: Tensor) -> Tensor:
    """uint8 (n, side, side, 3) to float32 unit vectors (n, PROJECTION)."""
    scaled = pixels.permute(0, 3, 1, 2).float().div_(127.5).sub_(1.0)
    pooled = model.vision_model(pixel_values=scaled).pooler_output
    return nn.functional.normalize(model.visual_projection(pooled).float(), dim=-1)


def embed_texts(model: CLIPModel, ids: Tensor) -> Tensor:
    """Padded ids (n, length) to float32 unit vectors (n, PROJECTION).

    Texts are encoded in groups of similar length, so that short ones need little padding. No mask
    is needed: attention is causal, and padding comes after the end of the text.
    """
    lengths = (ids != SPECIAL.index(PAD)).sum(dim=1)
    order = lengths.argsort()
    parts = []
    for chosen in order.chunk(TEXT_BUCKETS):
        cut = ids[chosen, : int(lengths[chosen].max())]
        parts.append(model.text_projection(model.text_model(input_ids=cut).pooler_output))
    vectors = torch.cat(parts)[order.argsort()]
    return nn.functional.normalize(vectors.float(), dim=-1)


def contrast(pictures: Tensor, texts: Tensor, scale: Tensor) -> Tensor:
    """CLIP's symmetric loss: row i of `pictures` and row i of `texts` belong together."""
    scores = scale * pictures @ texts.T
    right = torch.arange(len(scores))
    forward = nn.functional.cross_entropy(scores, right)
    return (forward + nn.functional.cross_entropy(scores.T, right)) / 2
