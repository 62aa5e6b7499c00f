"""Icons with different meanings look different."""

from gallery.templatetags.icons import icon


def test_similar_pictures_and_copies_look_different() -> None:
    assert icon("similar") != icon("copies")
    assert icon("similar") != icon("picture")
