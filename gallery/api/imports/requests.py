"""What starts an import, changes one, and selects its rows."""

from __future__ import annotations

from rest_framework import serializers

from gallery.api.fields import BoundedListField, FilesField, LimitField
from gallery.api.known_fields import KnownFieldsOnly
from gallery.ingest.duplicates import OnDuplicate
from gallery.ingest.imports.create import MOST_PARTS, ImportOptions
from gallery.models import JobState, Visibility


class _OptionsSerializer(KnownFieldsOnly):
    visibility = serializers.ChoiceField(
        choices=Visibility.choices,
        required=False,
        help_text="For pictures whose row has no visibility; by default that of the site.",
    )
    on_duplicate = serializers.ChoiceField(
        choices=[choice.value for choice in OnDuplicate],
        default=OnDuplicate.KEEP.value,
        help_text="What happens with a picture that you have already, as for an upload.",
    )
    tags = BoundedListField(
        child=serializers.CharField(max_length=60),
        max_length=50,
        required=False,
        help_text="Tags for all pictures.",
    )
    embedding_model = serializers.CharField(
        required=False,
        max_length=200,
        help_text="Fingerprint of the space of the table's vectors, for rows without "
        "`embedding_model`.",
    )

    def options(self) -> ImportOptions:
        values = self.validated_data
        return ImportOptions(
            visibility=values.get("visibility", ""),
            on_duplicate=values["on_duplicate"],
            tags=tuple(values.get("tags", ())),
            embedding_model=values.get("embedding_model", ""),
        )


class UploadedImportSerializer(_OptionsSerializer):
    file = FilesField(
        most=MOST_PARTS + 1,
        help_text="A ZIP archive of pictures, or a table of URLs: CSV, TSV or JSON Lines. The ZIP "
        "archives of one export can be sent together, each a part of its own.",
    )


class ServerImportSerializer(_OptionsSerializer):
    path = serializers.CharField(
        max_length=1000,
        help_text="For superusers: a folder or file of the server, in one of "
        "`GALLERY_IMPORT_FOLDERS`.",
    )
    parts = BoundedListField(
        child=serializers.CharField(max_length=1000),
        max_length=MOST_PARTS,
        required=False,
        help_text="Further ZIP archives of the same export, as in `path`.",
    )
    watch = serializers.BooleanField(
        default=False,
        help_text="For a folder: import new files too, until the import is deleted.",
    )


class ImportChangesSerializer(KnownFieldsOnly):
    state = serializers.ChoiceField(
        choices=JobState.choices, help_text="`paused` stops the import, `running` continues it."
    )


class ImportDeletionParametersSerializer(KnownFieldsOnly):
    images = serializers.ChoiceField(
        choices=["keep", "delete"],
        default="keep",
        help_text="What happens to the images that the import added. `delete` takes a while for "
        "many; the import has the state `deleting` meanwhile.",
    )


class ImportRowsParametersSerializer(KnownFieldsOnly):
    limit = LimitField(help_text="Rows in the answer, by default 100.")
    after = serializers.IntegerField(
        min_value=0,
        max_value=2**53 - 1,
        default=0,
        help_text="The number of the last row that you have.",
    )
