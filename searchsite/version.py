"""The only place of the version: ``pyproject.toml`` and the settings read it."""

__version__ = "0.1.0"
