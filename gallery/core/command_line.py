"""What people of this site type for a management command: ``bin/run`` and Compose differ."""

from gallery.core.config import config


def management_command(arguments: str) -> str:
    """A command for a message, such as ``bin/manage encoder choose`` between backquotes."""
    return f"`{config().manage_command} {arguments}`"
