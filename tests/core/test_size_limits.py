from collections.abc import Callable

import pytest

from gallery.core.errors import FileTooLarge
from gallery.core.size_limits import check_file_size, format_size


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1, "1 B"),
        (1023, "1023 B"),
        (500 << 10, "500 KB"),
        (500_000, "488.3 KB"),
        (64 << 20, "64 MB"),
        (3 << 29, "1.5 GB"),
        (2 << 40, "2048 GB"),
    ],
)
def test_sizes_have_the_largest_fitting_unit(size: int, text: str) -> None:
    assert format_size(size) == text


def test_only_larger_files_are_refused(gallery_setting: Callable[..., None]) -> None:
    gallery_setting(max_file_size=500 << 10)
    check_file_size(500 << 10)
    with pytest.raises(FileTooLarge, match="larger than 500 KB") as error:
        check_file_size((500 << 10) + 1)
    assert error.value.data == {"limit": 500 << 10}
