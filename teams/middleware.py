"""What every request carries: a strict Content-Security-Policy, and who and from where for the row history."""

from collections.abc import Callable
from typing import Any

import pghistory.middleware
from django.http import HttpRequest, HttpResponse

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)


class ContentSecurityPolicyMiddleware:
    """Nothing inline and nothing from elsewhere: the same policy on every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class HistoryMiddleware(pghistory.middleware.HistoryMiddleware):
    """Row history knows the account, the page and the address behind a change."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_context(request) | {"address": request.META.get("REMOTE_ADDR")}
