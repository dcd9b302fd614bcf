"""What a page that does something answers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from teams.actions.submissions import led_to, once
from teams.leaving import left
from teams.permissions import SignedInRequest
from teams.rules import RuleViolation


def attempt(request: HttpRequest, do: Callable[[], str | None], *back: Any) -> HttpResponse:
    """On to where doing it leads, or `back` (a URL name and its arguments), which also tells why it was refused."""
    try:
        leads_to = do()
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        leads_to = None
    return redirect(leads_to) if leads_to else redirect(*back)


def sent(
    request: SignedInRequest,
    form: BaseForm,
    do: Callable[[], str],
    field_of: Callable[[str], str | None] = lambda _code: None,
) -> HttpResponse | None:
    """On to where a good form leads, done once (`submission` in it is the key); None when it is to be shown.

    Then it wasn't sent, isn't good, or was refused: it says so at the field that `field_of` names for the refusal's
    code, else above all fields. What was good the first time may be so no longer because it was done. A page that only
    asks about its fields gets that answer.
    """
    if answer := left(request, form):
        return answer
    if request.method != "POST":
        return None
    if not form.is_valid():
        return sent_before(request)
    try:
        return redirect(once(key=request.POST.get("submission", ""), by=request.user, do=do))
    except RuleViolation as refusal:
        field = field_of(refusal.code)
        form.add_error(field if field in form.fields else None, ValidationError(str(refusal), code=refusal.code))
        return None


def sent_before(request: SignedInRequest) -> HttpResponse | None:
    """On to where the very same form led when it was sent before; None when it wasn't."""
    place = led_to(key=request.POST.get("submission", ""), by=request.user)
    return redirect(place) if place else None
