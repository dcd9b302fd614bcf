"""What every request carries: a strict Content-Security-Policy, its language, who and from where for the history."""

import contextlib
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import django.contrib.auth.middleware
import pghistory.middleware
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve, reverse
from django.utils import translation

from teams import memory
from teams.address import client_address, forwarded_address, present_address

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
# In the session: when it was last used, in seconds since 1970, and how exactly that is known.
LAST_USED, NOTED_EVERY = "last_used", 60
PROBES = ("/healthz", "/readyz")
# What only looks: after signing in its address is opened again.
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# Where one chooses an own password, and what one may do without having done so.
OWN_PASSWORD = "password_change"
OPEN_TO_ALL = (OWN_PASSWORD, "login", "logout", "set_language", "teams:healthz", "teams:readyz")


class ContentSecurityPolicyMiddleware:
    """Nothing inline and nothing from elsewhere: the same policy on every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class ClientAddressMiddleware:
    """Behind `settings.TRUSTED_PROXIES` proxies, REMOTE_ADDR becomes the client's address: for all that reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded = forwarded_address(request.META.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXIES)
        if forwarded:
            request.META["REMOTE_ADDR"] = forwarded
        return self.get_response(request)


class MistypedAddressMiddleware:
    """No name, number or code holds a NUL, which PostgreSQL would refuse: an address with one leads nowhere (404)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in unquote(f"{request.path_info}?{request.META.get('QUERY_STRING', '')}"):
            raise Http404
        return self.get_response(request)


class FormAddressMiddleware:
    """An address that takes a form only, opened like a page, leads to the nearest page above it: a form that was sent
    back stands there until the language is switched or the address is entered again. Programs are told 405."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if not (is_page and isinstance(response, HttpResponseNotAllowed)):
            return response
        return redirect(urlunsplit(("", "", _page_above(request.path_info), request.META.get("QUERY_STRING", ""), "")))


def _page_above(path: str) -> str:
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        with contextlib.suppress(Resolver404):
            resolve(path)
            break
    return path


class ProbeMiddleware:
    """Health probes speak for nobody: without cookies there is no session to be read from a database that is away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in PROBES:
            request.COOKIES.clear()
        return self.get_response(request)


class MemoryMiddleware:
    """Settings and short lists are read once for each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with memory.remembering():
            return self.get_response(request)


class IdleMiddleware:
    """A session ends when nobody uses it for a while (`SESSION_COOKIE_AGE`). That it was used is written down once a
    minute: a write at each request would make every page wait for the disk once more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        now = int(time.time())
        if SESSION_KEY in request.session and now - request.session.get(LAST_USED, 0) >= NOTED_EVERY:
            request.session[LAST_USED] = now
        return response


class LanguageMiddleware:
    """Chinese until the account switches; the cookie remembers. The browser's own language is no choice of its user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        translation.activate(chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE or settings.LANGUAGE_CODE)
        return response


class LoginRequiredMiddleware(django.contrib.auth.middleware.LoginRequiredMiddleware):
    """Signed in everywhere, on the one sign-in page, except for views marked `login_not_required`."""

    def get_login_url(self, view_func: Callable[..., Any]) -> str:
        return settings.LOGIN_URL

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        """To the sign-in page, and from there to the page whose form was sent: its address may take no other look."""
        came_from = urlsplit(request.META.get("HTTP_REFERER", ""))
        if request.method in SAFE_METHODS or came_from.netloc != request.get_host():
            return super().handle_no_permission(request, view_func)
        page = urlunsplit(("", "", came_from.path, came_from.query, ""))
        return redirect_to_login(page, resolve_url(self.get_login_url(view_func)))

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        # Asked first: a health probe must not touch the database to learn who is calling.
        if not getattr(view_func, "login_required", True):
            return None
        response = super().process_view(request, view_func, view_args, view_kwargs)
        if response and getattr(request, "htmx", False):
            # The session has ended: a fragment of the page must not become the sign-in page, the page itself must.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return response


class OwnPasswordMiddleware:
    """Whoever signed in with a password that somebody else knows chooses an own one before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        page = request.resolver_match.view_name if request.resolver_match else ""
        if page in OPEN_TO_ALL or not getattr(request.user, "must_change_password", False):
            return None
        if getattr(request, "htmx", False):
            return HttpResponse(headers={"HX-Redirect": reverse(OWN_PASSWORD)})
        return redirect(OWN_PASSWORD)


class HistoryMiddleware(pghistory.middleware.HistoryMiddleware):
    """Row history and audit trail know the account, the page and the address behind a change."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_context(request) | {"address": client_address(request)}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = present_address.set(client_address(request))
        try:
            response: HttpResponse = super().__call__(request)
            return response
        finally:
            present_address.reset(token)
