"""Under which names style sheets and scripts are served."""

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names with a hash of the content, which browsers keep for ever, and compressed copies.

    Until ``collectstatic`` has run, names are plain outside of production: tests and DEBUG need no
    collected files.
    """

    def stored_name(self, name: str) -> str:
        if not self.hashed_files and not settings.PRODUCTION:
            return name
        return str(super().stored_name(name))
