"""Short codes of vectors, whose distances approximate the cosine distance of the vectors.

Queries are coded apart from the stored vectors, because texts lie outside the cone of pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.rivals.measured import Vectors

# 43 % of the standard deviation divides a normal distribution into thirds.
_THIRD = 0.43


@dataclass(frozen=True)
class Code:
    """``of_vectors`` and ``of_queries`` return one SQL literal for each row.

    ``of_queries`` takes the kind of the queries too.
    """

    name: str
    sql_type: str
    operator_class: str
    operator: str
    of_vectors: Callable[[Vectors], list[str]]
    of_queries: Callable[[str, Vectors], list[str]]


def sign_bits(vectors: Vectors, query_means: Mapping[str, Vectors]) -> Code:
    """A bit for each dimension: the sign after centring and a rotation from a seed."""
    turned = rotation()
    centre = vectors.mean(axis=0)

    def coded(rows: Vectors, mean: Vectors) -> list[str]:
        return _bit_strings((rows - mean) @ turned > 0)

    return Code(
        "sign bits", "bit(512)", "bit_hamming_ops", "<~>",
        lambda rows: coded(rows, centre),
        lambda kind, rows: coded(rows, query_means[kind]),
    )  # fmt: skip


def two_bits(vectors: Vectors, query_means: Mapping[str, Vectors]) -> Code:
    """Two bits for each dimension: which third of the values it is in."""
    turned = rotation()
    centre = vectors.mean(axis=0)

    def coded(rows: Vectors, mean: Vectors) -> list[str]:
        values = (rows - mean) @ turned
        limit = _THIRD * values.std()
        return _bit_strings(np.concatenate([values > limit, values > -limit], axis=1))

    return Code(
        "two bits", "bit(1024)", "bit_hamming_ops", "<~>",
        lambda rows: coded(rows, centre),
        lambda kind, rows: coded(rows, query_means[kind]),
    )  # fmt: skip


def principal_components(vectors: Vectors, width: int) -> Code:
    """The leading ``width`` principal components as 16-bit floats, compared by inner product.

    They are those of the vectors as they are, so the first is about their mean. Queries need no
    mean: subtracting one would change all their inner products by the same number.
    """
    rows = vectors.astype(np.float64)
    directions = np.linalg.eigh(rows.T @ rows)[1][:, ::-1][:, :width].astype(np.float32)
    return Code(
        f"{width} principal components", f"halfvec({width})", "halfvec_ip_ops", "<#>",
        lambda rows: _numbers(rows @ directions),
        lambda _, rows: _numbers(rows @ directions),
    )  # fmt: skip


def rotation(seed: int = 5) -> Vectors:
    """An orthogonal ``(512, 512)`` matrix."""
    normal = np.random.default_rng(seed).standard_normal((512, 512))
    return np.linalg.qr(normal)[0].astype(np.float32)


def _bit_strings(bits: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> list[str]:
    return [row.tobytes().decode() for row in bits.astype(np.uint8) + ord("0")]


def _numbers(rows: Vectors) -> list[str]:
    return ["[" + ",".join([f"{value:.5g}" for value in row]) + "]" for row in rows.tolist()]
