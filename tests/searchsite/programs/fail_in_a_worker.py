"""Runs a task as a worker does: without PostgreSQL, then with a statement that it refuses."""

import django
from celery import shared_task
from celery.app.trace import build_tracer

django.setup()

from django.db import connection  # noqa: E402

from searchsite.celery import app  # noqa: E402


@shared_task(name="query")
def query(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def run(statement: str) -> None:
    trace = build_tracer(query.name, query, app=app)
    trace("1", [statement], {}, {"id": "1", "task": query.name})


if __name__ == "__main__":
    host = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nowhere"
    run("SELECT 1")
    connection.close()
    connection.settings_dict["HOST"] = host
    run("SELECT nothing")
