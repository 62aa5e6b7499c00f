class CannotStrip(Exception):
    """The file's structure does not allow a lossless copy without metadata."""
