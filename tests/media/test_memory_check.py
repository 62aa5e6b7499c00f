from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

SETTINGS = [("decode_memory", "GALLERY_DECODE_MEMORY"), ("query_memory", "GALLERY_QUERY_MEMORY")]


@pytest.mark.parametrize(("setting", "variable"), SETTINGS)
def test_memory_for_no_picture_is_an_error(
    setting: str, variable: str, gallery_setting: Any
) -> None:
    gallery_setting(**{setting: 100 << 20})
    with pytest.raises(SystemCheckError, match=f"{variable} is 100 MB, but a decoder needs 120 MB"):
        call_command("check")


def test_the_default_memory_passes() -> None:
    call_command("check")
