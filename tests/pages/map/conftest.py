"""The map of some topics, and the address of everything on it."""

from tests.map.conftest import EVERYWHERE, make_topic, space

__all__ = ["make_topic", "space"]

AREA = f"/map/pictures/?area={EVERYWHERE}"
