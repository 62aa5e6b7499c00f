"""The OpenAPI description of the API, as far as it is not written at the views."""
