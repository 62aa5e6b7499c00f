"""Weights that are scaled for 16 bits never saturate; weights in full 8 bits do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import numpy_helper

from gallery.encoders.onnx_export.int8.weights import quantise_columns

WIDTH = 64


def quantised_weights(rows: int, *, saturates: bool) -> Any:
    """The integers of a random matrix, ``(rows, 64)``."""
    matrix = np.random.default_rng(0).standard_normal((rows, WIDTH)).astype(np.float32)
    weights, _scales = quantise_columns("product", matrix, 1, saturates=saturates)
    return numpy_helper.to_array(weights).astype(np.int64)


def sums_in_16_bits(row: Any, weights: Any) -> Any:
    """The sums that ``vpmaddubsw`` and ``vpmaddwd`` give.

    Pairs are clipped before they are added up (Intel 64 and IA-32 Architectures Software
    Developer's Manual, volume 2B).
    """
    products = row[:, None] * weights
    return (products[0::2] + products[1::2]).clip(-32768, 32767).sum(axis=0)


@pytest.mark.parametrize("sign", [1, -1])
def test_scaled_pairs_fit_into_16_bits(sign: int) -> None:
    weights = quantised_weights(64, saturates=True)
    for column in range(WIDTH):
        largest = np.where(np.sign(weights[:, column]) == sign, 255, 0)
        assert np.array_equal(sums_in_16_bits(largest, weights), largest @ weights)


def test_full_8_bits_do_not_fit() -> None:
    weights = quantised_weights(64, saturates=False)
    largest = np.where(weights[:, 0] > 0, 255, 0)
    assert not np.array_equal(sums_in_16_bits(largest, weights), largest @ weights)


def test_an_odd_number_of_rows_fits() -> None:
    weights = quantised_weights(63, saturates=True)
    largest = np.where(weights[:, 0] > 0, 255, 0)
    even = np.vstack([weights, np.zeros_like(weights[:1])])
    assert np.array_equal(sums_in_16_bits(np.append(largest, 0), even), largest @ weights)
