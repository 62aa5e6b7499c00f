"""Reads a sentence by the language model of the site, if a person wants that."""
