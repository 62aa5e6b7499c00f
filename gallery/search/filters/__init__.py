"""Conditions on images, for pages, API, admin and search.

Permission is not part of them: start from ``Image.objects.visible_to(user)``.
"""

from gallery.search.filters.colours import Colour
from gallery.search.filters.conditions import ImageFilter
from gallery.search.filters.matching import matching
from gallery.search.filters.metadata import MetadataCondition
from gallery.search.filters.orientation import Orientation
from gallery.search.filters.places import Place

__all__ = ["Colour", "ImageFilter", "MetadataCondition", "Orientation", "Place", "matching"]
