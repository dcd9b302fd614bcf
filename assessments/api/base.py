"""What the API's answers have in common: who may ask, pages, and not sending again what hasn't changed."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.utils.translation import get_language
from rest_framework import status
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from teams.models import User
from teams.permissions import Permission, has_permission


class ReadsFigures(BasePermission):
    """Accounts with the right to read figures."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return has_permission(request.user, Permission.FIGURE_READ)


class Pages(PageNumberPagination):
    """`?page=2&page_size=100`; at most 1,000 rows a page."""

    page_size = 500
    page_size_query_param = "page_size"
    max_page_size = 1000


def account(request: Request) -> User:
    """Who asks; `ReadsFigures` lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def unless_same(request: Request, state: str, answer: Callable[[], Any]) -> Response:
    """What `answer` gives, under an ETag made of `state` (a month's revision), the address, language and account; 304
    without asking for it when the caller has that one already."""
    parts = (state, request.get_full_path(), get_language() or "", str(request.user.pk))
    etag = f'"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Language"}
    if etag in [text.strip().removeprefix("W/") for text in request.headers.get("If-None-Match", "").split(",")]:
        return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(answer(), headers=headers)
