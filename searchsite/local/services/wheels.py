from importlib.util import find_spec
from pathlib import Path

from searchsite.local.errors import LocalError


def directory(package: str) -> Path:
    """The directory of an installed package, found without importing it.

    Only the server binaries in it are used. Raises LocalError if the package is not installed.
    """
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise LocalError(f"The package {package} is missing: install requirements.txt.")
    return Path(spec.origin).parent
