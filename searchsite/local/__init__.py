"""The runtime of ``bin/run`` and ``bin/test``; a production site does not import it."""
