"""The version of Searchsite. ``pyproject.toml`` and the settings read it from here."""

__version__ = "0.1.0"
