"""Print PostgreSQL's ``shared_buffers``."""

import os

import psycopg

with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    print(connection.execute("SHOW shared_buffers").fetchone())
