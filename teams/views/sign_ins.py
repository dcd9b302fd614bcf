"""Signing in, being locked out, choosing another password."""

import math
from datetime import timedelta
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.contrib.messages.views import SuccessMessageMixin
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from teams.address import client_address
from teams.demo_accounts import demo_accounts
from teams.forms import OwnPasswordForm
from teams.sign_ins import attempt_name

sign_in = LoginView.as_view(extra_context={"demo_accounts": demo_accounts})


class ChangePassword(SuccessMessageMixin, PasswordChangeView):
    """The own password; other sessions of the account end. One that somebody else gave must be changed first of all."""

    form_class = OwnPasswordForm
    template_name = "registration/password_change.html"
    success_url = reverse_lazy("home")
    success_message = _("Your password has been changed.")


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
