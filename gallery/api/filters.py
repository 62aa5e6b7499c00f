"""Parameters that filter images, in lists and searches; ``search.filters`` applies them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gallery.api.known_fields import KnownFieldsOnly
from gallery.core.errors import InvalidInput
from gallery.media.formats import FORMATS
from gallery.models import State, Visibility
from gallery.search.filters import ImageFilter, Orientation
from gallery.search.filters.checks import MAX_TEXT
from gallery.search.filters.colours import DEFAULT_TOLERANCE, colour_of
from gallery.search.filters.metadata_documents import conditions_of
from gallery.search.syntax.metadata_values import metadata_condition
from gallery.search.syntax.places import place_of

_METADATA = "metadata."


@extend_schema_field({"type": "object", "additionalProperties": {}})
class MetadataField(serializers.JSONField):
    """An object, or its JSON in a query parameter."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except (ValueError, RecursionError):
                self.fail("invalid")
        try:
            return conditions_of(data)
        except InvalidInput as error:
            messages = [_(error.message)]
            key = error.data.get("key")
            raise serializers.ValidationError({key: messages} if key else messages) from None


@extend_schema_field({"type": "string"})
class MetadataTextField(MetadataField):
    """The JSON of an object in a query parameter or a form."""


class PlaceField(serializers.CharField):
    def to_internal_value(self, data: Any) -> Any:
        try:
            return place_of(super().to_internal_value(data))
        except InvalidInput as error:
            raise serializers.ValidationError(_(error.message)) from None


class ImageFilterSerializer(KnownFieldsOnly):
    """Conditions on images. All of them have to be met.

    Metadata can also be filtered by one query parameter for each key: ``metadata.price=>10``.
    """

    status = serializers.MultipleChoiceField(choices=State.choices, required=False)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    owner = serializers.CharField(
        max_length=MAX_TEXT,
        required=False,
        help_text="A username, `me`, or `none`: uploaded without a login.",
    )
    external_id = serializers.CharField(
        max_length=MAX_TEXT, required=False, help_text="Among your own images."
    )
    created_after = serializers.DateTimeField(required=False)
    created_before = serializers.DateTimeField(required=False)
    taken_after = serializers.DateTimeField(required=False)
    taken_before = serializers.DateTimeField(required=False)
    dated_after = serializers.DateTimeField(
        required=False, help_text="By the date taken, or by the upload if that is unknown."
    )
    dated_before = serializers.DateTimeField(required=False)
    orientation = serializers.MultipleChoiceField(choices=Orientation.choices, required=False)
    format = serializers.MultipleChoiceField(choices=list(FORMATS), required=False)
    min_size = serializers.IntegerField(required=False, help_text="In bytes.")
    max_size = serializers.IntegerField(required=False)
    min_megapixels = serializers.FloatField(required=False)
    max_megapixels = serializers.FloatField(required=False)
    camera = serializers.CharField(
        max_length=MAX_TEXT, required=False, help_text="A part of the camera's name."
    )
    lens = serializers.CharField(max_length=MAX_TEXT, required=False)
    near = PlaceField(
        required=False,
        help_text="Latitude, longitude and radius: `48.85,2.35,10km`. Finds only images that you "
        "can change, because others do not show their position.",
    )
    colour = serializers.CharField(
        required=False, help_text="The dominant colour: `#rrggbb` or a name such as `red`."
    )
    colour_tolerance = serializers.FloatField(
        required=False, help_text=f"Distance in CIELAB, {DEFAULT_TOLERANCE:g} by default."
    )
    has_caption = serializers.BooleanField(required=False, allow_null=True)
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
        return ImageFilter(**who, **fields)
    except InvalidInput as error:
        parameters = {field: parameter for parameter, field in _COLLECTIONS.items()}
        field = error.data.get("field", "")
        raise _refusal(parameters.get(field, field), error) from None


def _metadata_parameters(data: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(data, Mapping):
        return
    for name in data:
        if isinstance(name, str) and name.startswith(_METADATA):
            texts = data.getlist(name) if hasattr(data, "getlist") else [data[name]]
            yield from ((name.removeprefix(_METADATA), str(text)) for text in texts)


def _refusal(name: str, error: InvalidInput) -> serializers.ValidationError:
    return serializers.ValidationError({name: [_(error.message)]}, code="invalid")


_OWNERS: dict[str, dict[str, Any]] = {"me": {"own": True}, "none": {"no_owner": True}}
_FIELDS = frozenset(ImageFilterSerializer().fields)
_COLLECTIONS = {"status": "states", "orientation": "orientations", "format": "formats"}
