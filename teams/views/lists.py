"""Keeping a list's filters under a name, and its columns and page size."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from teams.actions import lists
from teams.models import SavedFilter
from teams.permissions import Permission, SignedInRequest, require
from teams.rules import RuleViolation


@require_POST
@require(Permission.PEOPLE_READ)
def filter_save(request: SignedInRequest) -> HttpResponse:
    """Keep the filters of a list page under a name, and show it again."""
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    address = _address(page)
    try:
        saved = lists.save_filter(page=page, name=request.POST.get("name", ""), query=query, by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The filters are saved as “%(name)s”.") % {"name": saved.name})
    return redirect(f"{address}?{query}")


@require_POST
@require(Permission.PEOPLE_READ)
def filter_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Drop kept filters."""
    saved = get_object_or_404(SavedFilter.objects.visible_to(request.user).exclude(name=""), pk=pk)
    lists.forget_filter(saved=saved)
    messages.success(request, _("The saved filters “%(name)s” are deleted.") % {"name": saved.name})
    return redirect(_address(saved.page))


@require_POST
@require(Permission.PEOPLE_READ)
def list_arrange(request: SignedInRequest) -> HttpResponse:
    """Keep columns and page size of a list page, and show it again."""
    page, size = request.POST.get("page", ""), request.POST.get("size", "")
    address = _address(page)
    lists.arrange(
        page=page,
        columns=request.POST.getlist("columns"),
        size=int(size) if size.isdecimal() and len(size) < 5 else 0,
        by=request.user,
    )
    return redirect(f"{address}?{request.POST.get('query', '')}")


def _address(page: str) -> str:
    """The address of a list page by its name."""
    try:
        return reverse(page)
    except NoReverseMatch:
        raise Http404 from None
