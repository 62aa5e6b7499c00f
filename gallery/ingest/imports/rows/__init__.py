"""The rows of an import: stored, claimed, and ended with a picture or a reason."""
