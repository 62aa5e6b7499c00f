"""Health check: exit with 0 if the site is healthy, else print the reasons and exit with 1.

python -m searchsite.probe                 all of /healthz/, from the web container
python -m searchsite.probe /livez/         only that address, from the web container
python -m searchsite.probe "worker embed"  only that component, from any container
python -m searchsite.probe heartbeat       this container's worker or scheduler, without the web
"""

import http.client
import json
import os
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from time import time

_TIMEOUT = 3.0
# Seconds. The process touches its file every three seconds.
_SILENCE = 12.0


def unhealthy_reasons(
    host: str, port: int, host_header: str, path: str = "/healthz/"
) -> dict[str, str]:
    """Component → reason; empty if the site is healthy. Raises OSError if it does not answer."""
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT)
    with closing(connection):
        connection.request("GET", path, headers={"Host": host_header})
        response = connection.getresponse()
        body = response.read()
    if response.status == 200:
        return {}
    try:
        reasons = json.loads(body)["reasons"]
        return {str(component): str(reason) for component, reason in reasons.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"web": f"{path} answers {response.status}"}


def accepted_host(environment: Mapping[str, str]) -> str:
    """A host name from ``ALLOWED_HOSTS``: the site refuses requests for any other."""
    first = environment.get("ALLOWED_HOSTS", "").split(",")[0].strip()
    return first.lstrip(".") if first not in {"", "*"} else "localhost"


def heartbeat_reasons(environment: Mapping[str, str]) -> dict[str, str]:
    try:
        age = time() - Path(environment["SEARCHSITE_HEARTBEAT_FILE"]).stat().st_mtime
    except (KeyError, OSError) as error:
        return {"heartbeat": f"none: {error}"}
    return {"heartbeat": f"silent for {age:.0f} s"} if age > _SILENCE else {}


def main(subject: str = "/healthz/") -> int:
    if subject == "heartbeat":
        reasons = heartbeat_reasons(os.environ)
    elif subject.startswith("/"):
        reasons = _reasons_of_web("127.0.0.1", subject)
    else:
        reasons = _reasons_of_web("web", "/healthz/")
        reasons = {name: reason for name, reason in reasons.items() if name == subject}
    for name, reason in reasons.items():
        print(f"{name}: {reason}")
    return 1 if reasons else 0


def _reasons_of_web(host: str, path: str) -> dict[str, str]:
    port = int(os.environ.get("PORT") or "8000")
    try:
        return unhealthy_reasons(host, port, accepted_host(os.environ), path)
    except (OSError, http.client.HTTPException) as error:
        return {"web": f"does not answer: {error}"}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
