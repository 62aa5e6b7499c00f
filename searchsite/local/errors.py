class LocalError(Exception):
    """A problem that the person at the console can solve; the message is shown as it is."""
