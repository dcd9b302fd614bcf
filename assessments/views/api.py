"""The guide to the API, for those who write programs that ask it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rest_framework.throttling import UserRateThrottle

from assessments.presenters.api import endpoints
from teams.permissions import Permission, SignedInRequest, has_permission, require


@require_safe
@never_cache
@require(Permission.FIGURE_READ)
def api_guide(request: SignedInRequest) -> HttpResponse:
    """How to ask the API, and each address with what it takes and answers."""
    context = {
        "endpoints": endpoints(),
        "root": request.build_absolute_uri("/api/v1/"),
        "rate": (UserRateThrottle.THROTTLE_RATES["user"] or "").partition("/")[0],
        "may_make_keys": has_permission(request.user, Permission.ACCOUNT_EDIT),
    }
    return render(request, "assessments/api.html", context)
