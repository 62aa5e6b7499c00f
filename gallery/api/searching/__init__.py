"""The requests and answers of the search endpoints."""
