"""Health check: exit with 0 if the site is healthy, else print the reasons and exit with 1.

python -m searchsite.probe                 all of /healthz/, from the web container
python -m searchsite.probe "worker embed"  only that component, from any container
"""

import http.client
import json
import os
import sys
from collections.abc import Mapping
from contextlib import closing

_TIMEOUT = 8.0


def unhealthy_reasons(host: str, port: int, host_header: str) -> dict[str, str]:
    """Component → reason; empty if the site is healthy. Raises OSError if it does not answer."""
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT)
    with closing(connection):
        connection.request("GET", "/healthz/", headers={"Host": host_header})
        response = connection.getresponse()
        body = response.read()
    if response.status == 200:
        return {}
    try:
        reasons = json.loads(body)["reasons"]
        return {str(component): str(reason) for component, reason in reasons.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"web": f"/healthz/ answers {response.status}"}


def accepted_host(environment: Mapping[str, str]) -> str:
    """A host name from ``ALLOWED_HOSTS``: the site refuses requests for any other."""
    first = environment.get("ALLOWED_HOSTS", "").split(",")[0].strip()
    return first.lstrip(".") if first not in {"", "*"} else "localhost"


def main(component: str | None = None) -> int:
    host = "web" if component else "127.0.0.1"
    port = int(os.environ.get("PORT") or "8000")
    try:
        reasons = unhealthy_reasons(host, port, accepted_host(os.environ))
    except (OSError, http.client.HTTPException) as error:
        reasons = {"web": f"does not answer: {error}"}
    if component:
        reasons = {name: reason for name, reason in reasons.items() if name == component}
    for name, reason in reasons.items():
        print(f"{name}: {reason}")
    return 1 if reasons else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
