import pytest

from gallery.media.previews import smallest_showing


@pytest.mark.parametrize(
    ("size", "side", "name"),
    [
        ((4000, 3000), 224, "small"),
        ((4000, 3000), 96, "small"),
        ((1920, 1080), 224, "medium"),
        ((3000, 4000), 448, "medium"),
        ((90, 60), 224, "small"),
        ((9000, 100), 224, "large"),
    ],
)
def test_the_smallest_sufficient_preview_is_chosen(
    size: tuple[int, int], side: int, name: str
) -> None:
    assert smallest_showing(*size, side=side) == name
