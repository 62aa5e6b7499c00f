"""Why an import was refused, and why its rows have no pictures, by code."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from gallery.ingest.imports.rows.notes import NOTES

IMPORT_MESSAGES: dict[str, Promise] = {
    "import_refused": _("Choose a ZIP archive, or a table as CSV, TSV or JSON Lines."),
    "too_many_imports": _("You have too many imports that are not complete. Delete one, or wait."),
    "source_missing": _("The source cannot be opened."),
    "source_unreadable": _(
        "The file cannot be read. It is empty or damaged, or it is not what its name says."
    ),
    "bad_row": _("The row cannot be read."),
    "no_place": _("The row has neither a URL nor a path."),
    "not_a_url": _("This is not an http or https URL."),
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
    **{code: gettext_lazy(text) for code, text in NOTES.items()},
}
