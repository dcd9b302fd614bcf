"""Who is signed and was not served: the names behind 签而不约, with the reason and the next step of each."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contracts.presenters.unserved import COLUMNS, cells, loaded, places_table, reason_tabs, step_links
from contracts.queries.unserved import UnservedFilter
from teams.actions import audit
from teams.lists import ListPage, ListRow, address_of
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, require


@require_safe
@require(Permission.PEOPLE_READ)
def unserved_list(request: SignedInRequest) -> HttpResponse:
    """The longest unserved first; by reason in tabs."""
    filters = UnservedFilter(request.GET, user=request.user)
    listed = ListPage(request, "contracts:unserved_list", COLUMNS, default="since")
    page = listed.page_of(filters.qs, loaded(filters))
    links = step_links(request.user)
    rows = [
        ListRow(
            address_of("contracts:person", each.resident_id) if each.is_seen else "",
            cells(each, filters.day, listed.codes, links),
        )
        for each in page.object_list
    ]
    asked = " ".join(sorted(bound.name for bound in filters.form if bound.data))
    audit.record(kind=AuditEvent.Kind.PEOPLE, by=request.user, what=f"unserved page {page.number} {asked}".strip())
    context = {
        "form": filters.form,
        "list": listed.context(page, rows, filters.form),
        "day": filters.day,
        "counted_at": filters.counted_at,
        "places": places_table(filters),
        "standing": filters.standing,
        "tabs": reason_tabs(filters.standing.by_reason, request.GET.get("reason", ""), request.GET),
    }
    return render(request, "contracts/unserved_list.html", context)
