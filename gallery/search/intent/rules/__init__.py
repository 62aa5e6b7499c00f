"""Reads a sentence by rules, offline, in English and Chinese."""
