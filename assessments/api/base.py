"""What the API's answers have in common: who may ask, pages, and not sending again what hasn't changed."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
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
    page_query_description = _("which page, from 1 on")  # type: ignore[assignment]
    page_size_query_description = _("rows a page, at most 1,000")  # type: ignore[assignment]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """In the words of the request's language."""
        found: dict[str, Any] = super().get_paginated_response_schema(schema)
        told = {
            "count": (_("rows on all pages"), 1),
            "next": (_("address of the next page"), None),
            "previous": (_("address of the page before"), None),
        }
        for name, (words, example) in told.items():
            found["properties"][name] |= {"description": words, "example": example}
        return found


def account(request: Request) -> User:
    """Who asks; `ReadsFigures` lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def unless_same(request: Request, state: str, answer: Callable[[], Any]) -> Response:
    """What `answer` gives, under an ETag made of `state` (all that it follows from), the address, language and account;
    304 without asking for it when the caller has that one already."""
    parts = (state, request.get_full_path(), get_language() or "", str(request.user.pk))
    etag = f'"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "Vary": "Accept, Authorization, Cookie",
    }
    if etag in [text.strip().removeprefix("W/") for text in request.headers.get("If-None-Match", "").split(",")]:
        return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(answer(), headers=headers)
