"""What the report says of rows that were imported incompletely, by code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext_noop as _

NOTES: Mapping[str, str] = MappingProxyType(
    {
        "vector_width": _("Imported; its vector does not have 512 numbers and was not used."),
        "vector_not_finite": _("Imported; its vector has no direction and was not used."),
        "vector_space_unknown": _("Imported; its vector is of an unknown model and was not used."),
        "date_unknown": _("Imported; its date could not be read and is in the metadata."),
        "sidecar_missing": _(
            "Imported; no sidecar file was found. Import all archives of a Takeout together."
        ),
        "sidecar_unreadable": _("Imported; the sidecar file could not be opened."),
        "sidecar_too_large": _("Imported; the sidecar file is too large and was not used."),
        "sidecar_damaged": _("Imported; the sidecar file is damaged and was not used in full."),
        "sidecar_unknown": _(
            "Imported; the sidecar file is of an unknown program and was not used."
        ),
        "sidecar_shortened": _(
            "Imported; what the sidecar file says was too long and was shortened."
        ),
    }
)
