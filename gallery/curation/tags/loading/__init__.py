"""Vocabularies are loaded from files, the ready-made ones too."""
