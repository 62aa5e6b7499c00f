"""The full-text column of images, which is not a field: no query loads it with the rows."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db.models import BooleanField, F, Func, Value
from django.db.models.expressions import Col, Expression

from gallery.models.images.image import Image
from gallery.models.images.queryset import User

_COLUMN = SearchVectorField()
_COLUMN.set_attributes_from_name("words")
_COLUMN.model = Image


class Words(F):
    """``gallery_image.words``: the lexemes of title, caption, file name, camera, lens, metadata and
    the names of approved tags.

    PostgreSQL generates it (migrations 0007, 0019 and 0024). Positions have the weight A for the
    title, B for the caption, C for the file name, D for the rest. A whole title or file name is a
    lexeme that begins with ``=``. Each lexeme of a file name is stored twice, and begins with whom
    it is for: ``*/`` stands for superusers and ``7/`` for the owner, if that is the user 7.
    """

    def __init__(self) -> None:
        super().__init__("pk")

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        # The key has the alias of the table in this query.
        key: Any = super().resolve_expression(*args, **kwargs)
        return Col(key.alias, _COLUMN)


class TextQuery(Func):
    """The ``tsquery`` that one of the SQL functions of migrations 0007 and 0012 makes of a text."""

    output_field = SearchQueryField()

    def __init__(self, function: str, *arguments: object) -> None:
        super().__init__(*(Value(argument) for argument in arguments), function=function)


class WithFileNames(Func):
    """A query that also finds the words of file names that the user may see."""

    function = "gallery_with_file_names"
    output_field = SearchQueryField()

    def __init__(self, query: TextQuery, user: User) -> None:
        super().__init__(query, Value(file_name_owner(user)))


def file_name_owner(user: User) -> str:
    """Whose file names the user may search: ``*`` stands for everybody's, and "" for nobody's.

    These are the file names of the images that ``ImageQuerySet.changeable_by`` returns.
    """
    if not user.is_authenticated:
        return ""
    return "*" if getattr(user, "is_superuser", False) else str(user.pk)


class Matches(Func):
    """Whether the words match a query; a condition of ``filter``."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()

    def __init__(self, query: Expression) -> None:
        super().__init__(Words(), query)
