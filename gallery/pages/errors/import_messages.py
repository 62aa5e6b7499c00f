"""Why an import was refused, and why its rows have no pictures, by code."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

IMPORT_MESSAGES: dict[str, Promise] = {
    "import_refused": _("Choose a ZIP archive, or a table as CSV, TSV or JSON Lines."),
    "too_many_imports": _("You have too many imports that are not complete. Delete one, or wait."),
    "source_missing": _("The source cannot be opened."),
    "bad_row": _("The row cannot be read."),
    "no_place": _("The row has neither a URL nor a path."),
    "unsafe_path": _("The path leads out of the folder of the import."),
    "file_missing": _("There is no file with this name."),
    "file_unreadable": _("The file could not be read."),
    "trashed": _("The picture is in the trash of the export."),
    "video": _("Videos are not imported."),
    "nested_archive": _("Archives in archives are not opened."),
    "encrypted_file": _("The file is encrypted."),
    "suspicious_compression": _("The file would become suspiciously large."),
    "damaged_archive": _("The archive is damaged here."),
    "interrupted": _("The import was interrupted each time at this row."),
    "invalid": _("The row has a value that a picture cannot have."),
    "vector_width": _("Imported; its vector does not have 512 numbers and was not used."),
    "vector_not_finite": _("Imported; its vector has no direction and was not used."),
    "vector_space_unknown": _("Imported; its vector is of an unknown model and was not used."),
    "date_unknown": _("Imported; its date could not be read and is in the metadata."),
    "sidecar_missing": _(
        "Imported; no sidecar file was found. Unpack all parts of a Takeout into one folder."
    ),
    "sidecar_unreadable": _("Imported; the sidecar file could not be opened."),
    "sidecar_too_large": _("Imported; the sidecar file is too large and was not used."),
    "sidecar_damaged": _("Imported; the sidecar file is damaged and was not used in full."),
    "sidecar_unknown": _("Imported; the sidecar file is of an unknown program and was not used."),
    "sidecar_shortened": _("Imported; what the sidecar file says was too long and was shortened."),
}
