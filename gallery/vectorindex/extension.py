"""Which index may be built with the server's version of pgvector, and which faults it has.

The faults are those of pgvector's change log that concern our indexes. They are in the server's
library, so its version decides, and not that of the extension in the database.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from gallery.core.errors import ExtensionTooOld
from gallery.models import IndexKind

Version = tuple[int, ...]

_IVFFLAT = frozenset({IndexKind.IVFFLAT, IndexKind.IVFFLAT_HALF})
_HNSW = frozenset({IndexKind.HNSW})


@dataclass(frozen=True)
class Fault:
    """``text`` names versions. With ``refuses``, an index of the ``kinds`` is not built."""

    fixed_in: str
    kinds: frozenset[IndexKind]
    text: str | Promise
    refuses: bool


_FAULTS = (
    Fault("0.8.0", _IVFFLAT | _HNSW, refuses=True, text=_(
        "pgvector %(version)s cannot continue the search of an index. Indexes need version"
        " %(fixed_in)s or newer; until then all vectors are compared."
    )),
    Fault("0.8.2", _HNSW, refuses=True, text=_(
        "In pgvector %(version)s the build of an HNSW index can overflow a buffer"
        " (CVE-2026-3172). HNSW needs version %(fixed_in)s or newer."
    )),
    Fault("0.8.4", _HNSW, refuses=True, text=_(
        "In pgvector %(version)s a VACUUM can damage an HNSW index. HNSW needs version"
        " %(fixed_in)s or newer."
    )),
    Fault("0.8.7", _IVFFLAT, refuses=False, text=_(
        "In pgvector %(version)s the build of an ivfflat index can overflow a buffer. Version"
        " %(fixed_in)s has the fix."
    )),
)  # fmt: skip


@dataclass(frozen=True)
class Extension:
    """``installed`` is the version in this database, ``library`` that of the server's library."""

    installed: str
    library: str

    def faults(self, kind: IndexKind) -> list[Fault]:
        version = _parsed(self.library)
        return [
            fault for fault in _FAULTS if kind in fault.kinds and version < _parsed(fault.fixed_in)
        ]

    def describe(self, fault: Fault) -> str:
        return str(fault.text) % {"version": self.library, "fixed_in": fault.fixed_in}

    def warnings(self, kind: IndexKind) -> list[str]:
        """What an administrator should know, in the active language."""
        texts = [self.describe(fault) for fault in self.faults(kind)]
        if _parsed(self.installed) < _parsed(self.library):
            texts.append(gettext(
                "The server has pgvector %(library)s, but this database still uses version"
                " %(installed)s. Run in it: ALTER EXTENSION vector UPDATE"
            ) % vars(self))  # fmt: skip
        return texts

    def require(self, kind: IndexKind) -> None:
        """Raises ``ExtensionTooOld`` if an index of this kind must not be built."""
        for fault in self.faults(kind):
            if fault.refuses:
                with override("en"):
                    raise ExtensionTooOld(self.describe(fault), version=self.library)


def current() -> Extension:
    """Of this database. Without the right to see the library, the extension's version counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.extversion, coalesce(a.default_version, e.extversion)"
            " FROM pg_extension e LEFT JOIN pg_available_extensions a ON a.name = e.extname"
            " WHERE e.extname = 'vector'"
        )
        installed, library = cursor.fetchone() or ("0", "0")
    return Extension(installed, library)


def _parsed(version: str) -> Version:
    """Numbers only: "0.8.6-1" of a distribution counts as 0.8.6."""
    return tuple(int(part) for part in version.partition("-")[0].split(".") if part.isdigit())
