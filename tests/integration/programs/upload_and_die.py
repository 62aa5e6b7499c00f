"""Upload a picture with an ``Idempotency-Key``, and die before or after the commit, unanswered."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

options = json.loads(sys.argv[1])


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_after_storing(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
    result = execute(sql, params, many, context)
    if 'INSERT INTO "gallery_storedanswer"' in sql:
        die()
    return result


client = Client(SERVER_NAME="localhost")
client.force_login(User.objects.get())
file = SimpleUploadedFile("boat.png", bytes.fromhex(options["picture"]), "image/png")
body, headers = {"file": file, "title": "Boat"}, {"Idempotency-Key": options["key"]}
if options["dies"] == "before":
    with connection.execute_wrapper(die_after_storing):
        client.post("/api/v1/images/", body, headers=headers)
client.post("/api/v1/images/", body, headers=headers)
die()
