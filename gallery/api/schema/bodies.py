"""Rules between the fields of a body, which the checks of the single fields do not express."""

from __future__ import annotations

from typing import Any

from drf_spectacular.plumbing import force_instance

from gallery.api.known_fields import KnownFieldsOnly

Schema = dict[str, Any]


def with_rules(schema: Schema, serializer: Any) -> Schema:
    """``schema`` is that of the serializer in a request.

    A serializer may have ``exactly_one_of`` (names of fields), with ``goes_with`` (the fields that
    need one of certain others), and ``not_together``.
    """
    serializer = force_instance(serializer)  # type: ignore[no-untyped-call]
    # Also of filters, whose ``metadata.KEY`` cannot be expressed in version 3.0 of OpenAPI.
    if isinstance(serializer, KnownFieldsOnly):
        schema["additionalProperties"] = False
        schema["properties"] |= _ignored(serializer)
    if together := getattr(serializer, "not_together", ()):
        schema["not"] = {"required": list(together)}
    if names := getattr(serializer, "exactly_one_of", ()):
        companions: dict[str, tuple[str, ...]] = getattr(serializer, "goes_with", {})
        title = type(serializer).__name__.removesuffix("Serializer")
        return {
            **({"description": schema["description"]} if "description" in schema else {}),
            "oneOf": [_variant(schema, title, name, names, companions) for name in names],
        }
    return schema


def _ignored(serializer: KnownFieldsOnly) -> Schema:
    """Any value is accepted for them."""
    names = sorted(serializer.ignored_fields - serializer.fields.keys())
    return {name: {"readOnly": True} for name in names}


def _variant(
    schema: Schema,
    title: str,
    name: str,
    names: tuple[str, ...],
    companions: dict[str, tuple[str, ...]],
) -> Schema:
    """The schema for bodies that have ``name`` and none of the other ``names``."""
    absent = set(names) - {name}
    absent |= {field for field, others in companions.items() if name not in others}
    properties = {key: value for key, value in schema["properties"].items() if key not in absent}
    of = "".join(part.capitalize() for part in name.split("_"))
    return {
        **schema,
        "title": f"{title}Of{of}",
        "properties": properties,
        "required": [*schema.get("required", ()), name],
    }
