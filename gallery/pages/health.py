"""The health checks: JSON without session or redirect, from results that are there already."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gallery.operations.health.report import not_ready, report


@never_cache
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """This process answers: restarting it would help nothing, whatever else is down."""
    return _unknown_parameter(request) or _answer({})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """For load balancers: this process can answer searches."""
    return _unknown_parameter(request) or _answer(not_ready())


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """For monitoring: everything that is wrong with the site."""
    return _unknown_parameter(request) or _answer(report())


def _unknown_parameter(request: HttpRequest) -> JsonResponse | None:
    """The error of a request with parameters: none of these addresses has any."""
    for name in request.GET:
        message = f"The parameter {name} does not exist."
        return JsonResponse({"code": "unknown", "message": message, "parameter": name}, status=400)
    return None


def _answer(reasons: dict[str, str]) -> JsonResponse:
    if not reasons:
        return JsonResponse({"status": "ok"})
    response = JsonResponse({"status": "unavailable", "reasons": reasons}, status=503)
    # Django logs every 5xx response as an error; frequent health checks would fill the log.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
