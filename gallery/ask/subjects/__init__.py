"""Which pictures a question is about: its words, as a text for the search box."""
