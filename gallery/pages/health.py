"""The health check for monitoring: JSON without session or redirect."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gallery.operations import health


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    reasons = health.report()
    if reasons:
        response = JsonResponse({"status": "unavailable", "reasons": reasons}, status=503)
        # Django logs every 5xx response as an error; frequent health checks would fill the log.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response
    return JsonResponse({"status": "ok"})
