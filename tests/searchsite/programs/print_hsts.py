"""Prints the header Strict-Transport-Security of an answer over HTTPS."""

import django
from django.test import Client

django.setup()

if __name__ == "__main__":
    response = Client().get("/livez/", secure=True, headers={"host": "pictures.example.org"})
    print(response.headers["Strict-Transport-Security"])
