"""The statement that counts the values of all facets at once."""

from __future__ import annotations

from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, CharField, Expression, F, Func, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, ExtractMonth, ExtractYear

from gallery.media.lab import Lab, lab_of
from gallery.models import ImageQuerySet, User
from gallery.search.filters.colours import DEFAULT_TOLERANCE, NAMED
from gallery.search.filters.orientation import Orientation, oriented

CAP = 10_000
MAX_VALUES = 20
ALL = "all"
FACETS = (
    "owner", "year", "month", "orientation", "format", "camera", "visibility", "captioned",
    "colour", "tag",
)  # fmt: skip


class FacetRow(NamedTuple):
    """``rank`` is the place of the value in its facet, the most frequent first. The ``owner`` of
    images without one is empty; a ``tag`` is its name.
    """

    facet: str
    value: str
    pictures: int
    rank: int


def counted(images: ImageQuerySet, user: User | None) -> list[FacetRow]:
    """At most ``MAX_VALUES`` + 1 rows for each facet, and one for ``ALL`` with the number of images
    (at most ``CAP`` + 1). The images must not be a slice.
    """
    # The prefix keeps the names apart from the columns of the model.
    columns = {f"facet_{name}": column for name, column in _columns(user).items()}
    pictures = images.order_by().values(**columns)[: CAP + 1]
    try:
        inner, parameters = pictures.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT.format(pictures=inner), parameters)
        return [FacetRow(*row) for row in cursor.fetchall()]


def _columns(user: User | None) -> dict[str, Expression | F]:
    orientations = [When(oriented([each]), then=Value(each.value)) for each in Orientation]
    logged_in = user is not None and user.is_authenticated
    year = ExtractYear("taken_at")
    return {
        "owner": Coalesce("owner__username", Value("")),
        "year": Cast(year, CharField()),
        "month": Cast(year * 100 + ExtractMonth("taken_at"), CharField()),
        "orientation": Case(*orientations, output_field=TextField()),
        "format": F("format"),
        "camera": Func(F("camera"), Value(""), function="NULLIF"),
        "visibility": F("visibility") if logged_in else Value(None, TextField()),
        "captioned": Case(When(caption="", then=Value("no")), default=Value("yes")),
        "tags": F("tag_ids"),
        **{axis: F(axis) for axis in Lab._fields},
    }  # fmt: skip


def _statement() -> str:
    """``{pictures}`` is the place for the statement that selects the pictures."""
    counts = [
        f"SELECT '{name}' AS facet, {value}::text AS value, count(*) AS pictures"  # noqa: S608
        " FROM counted GROUP BY 2"
        for name in FACETS
        for value in [f"unnest(facet_{name})" if name == "colour" else f"facet_{name}"]
        if name != "tag"
    ]
    return f"""
        WITH pictures AS MATERIALIZED ({{pictures}}),
        counted AS MATERIALIZED (
            SELECT *, {_colours()} AS facet_colour FROM pictures LIMIT {CAP}
        ),
        counts AS ({" UNION ALL ".join([*counts, _TAGS])}),
        ranked AS (
            SELECT facet, value, pictures,
                   row_number() OVER (PARTITION BY facet ORDER BY pictures DESC, value) AS rank
            FROM counts WHERE value IS NOT NULL
        )
        SELECT '{ALL}', '', (SELECT count(*) FROM pictures), 0
        UNION ALL (SELECT * FROM ranked WHERE rank <= {MAX_VALUES + 1} ORDER BY facet, rank)
    """  # noqa: S608


def _colours() -> str:
    """The named colours of a picture as an array: none, one or several.

    The same conditions as ``filters.colours.coloured``. Django would take longer to write them
    for each request than PostgreSQL takes to count.
    """
    names = []
    for name, samples in NAMED.items():
        near = " OR ".join(f"({_near(lab_of(sample))})" for sample in samples)
        names.append(f"CASE WHEN {near} THEN '{name}' END")
    return f"array_remove(ARRAY[{', '.join(names)}], NULL)"


def _near(centre: Lab) -> str:
    cube, squares = [], []
    for axis, value in zip(Lab._fields, centre, strict=True):
        low, high = value - DEFAULT_TOLERANCE, value + DEFAULT_TOLERANCE
        cube.append(f"facet_{axis} BETWEEN {low} AND {high}")
        squares.append(f"(facet_{axis} - {value}) * (facet_{axis} - {value})")
    return f"{' AND '.join(cube)} AND {' + '.join(squares)} <= {DEFAULT_TOLERANCE**2}"


# The names are read once for each tag, not for each picture.
_TAGS = """
    SELECT 'tag', tag.name, of_tag.pictures
    FROM (SELECT unnest(facet_tags) AS id, count(*) AS pictures FROM counted GROUP BY 1) AS of_tag
        JOIN gallery_tag AS tag USING (id)
"""
_STATEMENT = _statement()
