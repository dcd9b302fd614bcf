"""Whether the process lives (`/healthz`) and whether it can work (`/readyz`)."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from teams import health


@login_not_required
@transaction.non_atomic_requests
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@transaction.non_atomic_requests
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Which part is up. 503 without the database or with migrations to run; without Redis the pages still work: 200."""
    database = health.database_answers()
    migrations = database and health.migrations_are_applied()
    parts = {
        "database": "up" if database else "down",
        "migrations": "applied" if migrations else "pending" if database else "unknown",
        "redis": "up" if health.redis_answers() else "down",
    }
    return JsonResponse(parts, status=200 if database and migrations else 503)
