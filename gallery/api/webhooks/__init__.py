"""Webhooks of a person."""
