"""The list of residents: filters, search, and the way to a person."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contracts.presenters.people import COLUMNS, Facts, cells, loaded
from contracts.queries.people import PeopleFilter
from residents.models import Resident
from residents.queries.search import find_residents
from teams.actions import audit
from teams.lists import ListPage, ListRow, address_of
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.typed import line_of

# What a shared number may find, in one address.
FOUND_AT_MOST = 50


@require_safe
@require(Permission.PEOPLE_READ)
def people(request: SignedInRequest) -> HttpResponse:
    """Residents whom the account sees, filtered; each look is recorded."""
    filters = PeopleFilter(request.GET, user=request.user)
    listed = ListPage(request, "contracts:people", COLUMNS, default="name", many=filters.many)
    page = listed.page_of(filters.qs, loaded(Resident.objects.all(), filters.day))
    facts = Facts(filters.day, names=filters.names, policy=filters.policy)
    facts.look_up(list(page.object_list), listed.codes)
    rows = [
        ListRow(address_of("contracts:person", each.pk), cells(each, facts, listed.codes)) for each in page.object_list
    ]
    # The filters in names, never what somebody typed.
    asked = " ".join(sorted(bound.name for bound in filters.form if bound.data))
    context = {
        "form": filters.form,
        "list": listed.context(page, rows, filters.form),
        "may_edit": has_permission(request.user, Permission.RESIDENT_EDIT),
        "may_export_whole": has_permission(request.user, Permission.EXPORT_WHOLE),
    }
    response = render(request, "contracts/people.html", context)
    audit.record(kind=AuditEvent.Kind.PEOPLE, by=request.user, what=f"residents page {page.number} {asked}".strip())
    return response


@require_POST
@require(Permission.PEOPLE_READ)
def people_find(request: SignedInRequest) -> HttpResponse:
    """To the person whom a text names, or to the list of several. Numbers stay out of the address."""
    text = line_of(request.POST.get("text", ""))
    kept = _kept(request.POST.get("query", ""))
    if not any(character.isdigit() for character in text):
        return _listed(kept, q=text)
    found = find_residents(user=request.user, text=text, limit=FOUND_AT_MOST)
    if len(found) == 1:
        return redirect("contracts:person", found[0].pk)
    if not found:
        messages.warning(request, _("Nobody whom you may see has this number or lives at this address."))
        return _listed(kept)
    return _listed(kept, among=",".join(str(resident.pk) for resident in found), presence="all")


def _kept(query: str) -> QueryDict:
    kept = QueryDict(query, mutable=True)
    for name in ("page", "q", "among", "presence"):
        kept.pop(name, None)
    return kept


def _listed(kept: QueryDict, **fields: Any) -> HttpResponse:
    kept.update({name: value for name, value in fields.items() if value})
    return redirect(f"{reverse('contracts:people')}?{kept.urlencode()}")
