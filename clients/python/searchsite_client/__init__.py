"""Client of Searchsite's API: shortcuts, and in ``generated`` a function for each operation."""

from searchsite_client.generated import AuthenticatedClient
from searchsite_client.shortcuts import (
    ApiProblem,
    checked,
    search,
    upload,
    upload_folder,
    wait_until_ready,
)

__all__ = [
    "ApiProblem",
    "AuthenticatedClient",
    "checked",
    "search",
    "upload",
    "upload_folder",
    "wait_until_ready",
]
