"""Keeps rows and files together: orphans, backup and restore."""
