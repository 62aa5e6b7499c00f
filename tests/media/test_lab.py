from __future__ import annotations

import pytest

from gallery.media.lab import lab_of


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        # Bruce Lindbloom's calculator, sRGB, D65, without adaptation.
        ("#ffffff", (100.0, 0.0, 0.0)),
        ("#000000", (0.0, 0.0, 0.0)),
        ("#ff0000", (53.24, 80.09, 67.20)),
        ("#00ff00", (87.73, -86.18, 83.18)),
        ("#0000ff", (32.30, 79.19, -107.86)),
        ("#808080", (53.59, 0.0, 0.0)),
        ("#0A0a0A", (2.74, 0.0, 0.0)),
    ],
)
def test_known_colours(colour: str, expected: tuple[float, float, float]) -> None:
    assert lab_of(colour) == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("text", ["", "red", "#fff", "#gggggg", "#1234567", "336699"])
def test_other_text_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        lab_of(text)
