"""The start page of clerks and doctors: what to do next."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from contracts.presenters.today import today_page
from teams.clock import today as business_day
from teams.permissions import Permission, SignedInRequest, require


@require_GET
@never_cache
@require(Permission.CONTRACT_EDIT)
def today(request: SignedInRequest) -> HttpResponse:
    """Counts that open their lists, and the first lines of each with the one next action."""
    return render(request, "contracts/today.html", today_page(request.user, business_day()))
