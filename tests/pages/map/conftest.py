"""The map of some topics, and the address of everything on it."""

from __future__ import annotations

import re
from typing import Any

from tests.map.conftest import EVERYWHERE, make_topic, space

__all__ = ["make_topic", "space"]

AREA = f"/map/pictures/?area={EVERYWHERE}"


def undo_fields(answer: Any) -> dict[str, str]:
    """What the button Undo of a message sends."""
    _, _, form = answer.content.decode().partition('<form class="decided-form"')
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.partition("</form>")[0]))
