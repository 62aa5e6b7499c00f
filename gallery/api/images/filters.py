"""Parameters that filter images, in lists and searches; ``search.filters`` applies them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from gallery.api.fields import BoundedListField, UuidField
from gallery.api.images.filter_fields import (
    ColourField,
    MetadataField,
    MetadataTextField,
    PlaceField,
    megapixels,
    moment,
    size,
)
from gallery.api.known_fields import KnownFieldsOnly
from gallery.core.errors import InvalidInput
from gallery.media.formats import FORMATS
from gallery.models import State, Tag, Visibility
from gallery.search.filters import ImageFilter, Orientation
from gallery.search.filters.checks import MAX_TEXT, MAX_VALUES
from gallery.search.filters.colours import DEFAULT_TOLERANCE, MAX_TOLERANCE, colour_of
from gallery.search.syntax.metadata_values import metadata_condition

_METADATA = "metadata."


class ImageFilterSerializer(KnownFieldsOnly):
    """Conditions on images. All of them have to be met.

    Metadata can also be filtered by one query parameter for each key: ``metadata.price=>10``.
    """

    status = serializers.MultipleChoiceField(
        choices=State.choices, required=False, help_text="Any of these."
    )
    visibility = serializers.ChoiceField(
        choices=Visibility.choices, required=False, help_text="Who may see the image."
    )
    owner = serializers.CharField(
        max_length=MAX_TEXT,
        required=False,
        help_text="A username, `me`, or `none`: uploaded without a login.",
    )
    external_id = serializers.CharField(
        max_length=MAX_TEXT, required=False, help_text="Among your own images."
    )
    import_id = UuidField(required=False, help_text="Your own images that this import added.")
    created_after = moment("Uploaded then or later.")
    created_before = moment("Uploaded earlier.")
    taken_after = moment("Taken then or later.")
    taken_before = moment("Taken earlier.")
    dated_after = moment("Taken then or later; uploaded, if the date taken is unknown.")
    dated_before = moment("Taken earlier; uploaded, if the date taken is unknown.")
    orientation = serializers.MultipleChoiceField(
        choices=Orientation.choices,
        required=False,
        help_text="Any of these. The sides of a `square` differ by less than 5 %.",
    )
    format = serializers.MultipleChoiceField(
        choices=list(FORMATS), required=False, help_text="Any of these formats of the file."
    )
    min_size = size("Bytes of the file, at least.")
    max_size = size("Bytes of the file, at most.")
    min_megapixels = megapixels("Millions of pixels, at least.")
    max_megapixels = megapixels("Millions of pixels, at most.")
    camera = serializers.CharField(
        max_length=MAX_TEXT, required=False, help_text="A part of the camera's name."
    )
    lens = serializers.CharField(
        max_length=MAX_TEXT, required=False, help_text="A part of the lens's name."
    )
    near = PlaceField(
        required=False,
        help_text="Latitude, longitude and radius: `48.85,2.35,10km`. Finds only images that you "
        "can change, because others do not show their position.",
    )
    colour = ColourField(
        required=False, help_text="The dominant colour: `#rrggbb` or a name such as `red`."
    )
    colour_tolerance = serializers.FloatField(
        min_value=0,
        max_value=MAX_TOLERANCE,
        required=False,
        help_text=f"Distance in CIELAB, {DEFAULT_TOLERANCE:g} by default.",
    )
    has_caption = serializers.BooleanField(
        required=False, allow_null=True, help_text="With a caption, or without one."
    )
    tag = BoundedListField(
        child=serializers.CharField(max_length=Tag.MAX_NAME),
        max_length=MAX_VALUES,
        required=False,
        help_text="All of these. Names in English or Chinese, in upper or lower case.",
    )
    metadata = MetadataField(required=False, help_text='`{"price": {"$gt": 10}}`')

    def is_known(self, name: str) -> bool:
        return name.startswith(_METADATA) or super().is_known(name)

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        for key, text in _metadata_parameters(data):
            try:
                conditions = metadata_condition(key, text, quoted=False)
            except InvalidInput as error:
                raise _refusal(f"{_METADATA}{key}", error) from None
            values["metadata"] = (*values.get("metadata", ()), *conditions)
        return values


class ImageFilterParameters(ImageFilterSerializer):
    """Conditions on images in a query or a form."""

    metadata = MetadataTextField(required=False, help_text='JSON: `{"price": {"$gt": 10}}`')


def filter_from(values: dict[str, Any]) -> ImageFilter:
    """Takes the fields of ``ImageFilterSerializer`` out of validated values.

    Raises ``ValidationError`` with the name of the parameter.
    """
    fields = {name: values.pop(name) for name in _FIELDS & values.keys()}
    who = _OWNERS.get(fields.get("owner", ""), {})
    tolerance = fields.pop("colour_tolerance", DEFAULT_TOLERANCE)
    try:
        if "colour" in fields:
            fields["colour"] = colour_of(fields["colour"], tolerance=tolerance)
        if who:
            del fields["owner"]
        for parameter, field in _COLLECTIONS.items():
            fields[field] = tuple(sorted(fields.pop(parameter, ())))
        fields["tags"] = tuple(sorted(fields.pop("tag", ())))
        return ImageFilter(**who, **fields)
    except InvalidInput as error:
        parameters = {field: parameter for parameter, field in _COLLECTIONS.items()}
        parameters["tags"] = "tag"
        field = error.data.get("field", "")
        raise _refusal(parameters.get(field, field), error) from None


def _metadata_parameters(data: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(data, Mapping):
        return
    for name in data:
        if isinstance(name, str) and name.startswith(_METADATA):
            yield name.removeprefix(_METADATA), str(data[name])


def _refusal(name: str, error: InvalidInput) -> serializers.ValidationError:
    return serializers.ValidationError({name: [_(error.message)]}, code="invalid")


_OWNERS: dict[str, dict[str, Any]] = {"me": {"own": True}, "none": {"no_owner": True}}
_FIELDS = frozenset(ImageFilterSerializer().fields)
_COLLECTIONS = {"status": "states", "orientation": "orientations", "format": "formats"}
