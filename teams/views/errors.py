"""What is answered when a request is refused or fails. These pages say nothing of the row that was asked for."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from teams.actions.audit import record
from teams.address import client_address
from teams.models import AuditEvent

# Connection exceptions, shut down by the administrator, too many connections: the server, not the statement.
_AWAY = ("08", "57P", "53300")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, and a line in the audit trail; outside the view's transaction, which was rolled back."""
    record(kind=AuditEvent.Kind.REFUSED, by=request.user, what=described(request), address=client_address(request))
    return render(request, "403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 when the database cannot be reached. Neither page needs a session or the database."""
    away = is_database_away(sys.exc_info()[1])
    # Without the request: its context would ask the database who is signed in.
    page = render_to_string("503.html" if away else "500.html")
    return HttpResponse(page, status=503 if away else 500, headers={"Retry-After": "60"} if away else None)


def is_database_away(error: BaseException | None) -> bool:
    """Whether an error means that there is no database to talk to, rather than a statement that failed."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.__cause__, "pgcode", None)
    return code is None or code.startswith(_AWAY)


def described(request: HttpRequest) -> str:
    """The page that was asked for, by its name and the numbers in its address: never a text that somebody typed."""
    match = request.resolver_match
    if match is None:
        return str(request.method)
    numbers = [f"{name}={value}" for name, value in match.kwargs.items() if isinstance(value, int)]
    return " ".join((str(request.method), match.view_name, *numbers))
