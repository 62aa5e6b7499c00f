"""Measure a running site."""
