"""Signing in and being locked out."""

import math
from datetime import timedelta
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.contrib.auth.views import LoginView
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from teams.address import client_address
from teams.demo_accounts import demo_accounts
from teams.sign_ins import attempt_name

sign_in = LoginView.as_view(extra_context={"demo_accounts": demo_accounts})


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """The page that says how long to wait; axes shows it in place of the sign-in page (429, with Retry-After)."""
    seconds = _seconds_left(request, credentials)
    response = render(request, "registration/locked.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _seconds_left(request: HttpRequest, credentials: dict[str, Any] | None) -> int:
    attempts = AccessAttempt.objects.filter(
        username=attempt_name(request, credentials), ip_address=client_address(request)
    )
    last = attempts.aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    left = last + (get_cool_off(request) or timedelta()) - timezone.now()
    return max(1, math.ceil(left.total_seconds()))
