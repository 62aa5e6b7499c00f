"""Pictures of other servers: fetched through a guard that connects to public addresses only."""

from gallery.media.fetching.fetch import Fetched, fetch

__all__ = ["Fetched", "fetch"]
