"""Answers questions about pictures: from the database, and with a language model."""
