"""Asks the site how it is: exit 0 when well, 1 with a word about it when not.

python -m searchsite.local.probe                 the whole of /healthz/, from the web container
python -m searchsite.local.probe "worker embed"  that one component, from any container
"""

import http.client
import json
import os
import sys
from collections.abc import Mapping
from contextlib import closing

_TIMEOUT = 8.0


def reasons(host: str, port: int, name: str) -> dict[str, str]:
    """Why the site is not well, by component; raises OSError when it does not answer at all."""
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT)
    with closing(connection):
        connection.request("GET", "/healthz/", headers={"Host": name})
        answer = connection.getresponse()
        body = answer.read()
    if answer.status == 200:
        return {}
    try:
        return {str(what): str(why) for what, why in json.loads(body)["reasons"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"web": f"/healthz/ answers {answer.status}"}


def host_name(environment: Mapping[str, str]) -> str:
    """A name the site answers to: it refuses requests for any other."""
    first = environment.get("ALLOWED_HOSTS", "").split(",")[0].strip()
    return first.lstrip(".") if first not in {"", "*"} else "localhost"


def main(component: str | None = None) -> int:
    host = "web" if component else "127.0.0.1"
    port = int(os.environ.get("PORT") or "8000")
    try:
        found = reasons(host, port, host_name(os.environ))
    except (OSError, http.client.HTTPException) as error:
        found = {"web": f"does not answer: {error}"}
    if component:
        found = {what: why for what, why in found.items() if what == component}
    for what, why in found.items():
        print(f"{what}: {why}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
