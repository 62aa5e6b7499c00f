"""Prints the names of all modules that the decoding child loads, each on a line."""

import sys

import gallery.media.decoding_child.program  # noqa: F401 - imported for its side effect

print(*sys.modules, sep="\n")
