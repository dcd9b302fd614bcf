"""What a page that does something answers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from teams.rules import RuleViolation


def attempt(request: HttpRequest, do: Callable[[], str | None], *back: Any) -> HttpResponse:
    """On to where doing it leads, or `back` (a URL name and its arguments), which also tells why it was refused."""
    try:
        leads_to = do()
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        leads_to = None
    return redirect(leads_to) if leads_to else redirect(*back)
