from importlib.util import find_spec
from pathlib import Path

from searchsite.local.directories import LocalError


def directory(package: str) -> Path:
    """Where a package's files are, without running its code: we want its binaries only."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise LocalError(f"The package {package} is missing: install requirements.txt.")
    return Path(spec.origin).parent
