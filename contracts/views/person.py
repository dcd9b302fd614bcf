"""One resident: the page, a look at whole numbers, and what was changed."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from contracts.presenters import person as words
from contracts.presenters.changes import lines
from contracts.presenters.fulfilment import by_item
from contracts.queries.changes import changes
from contracts.queries.fulfilment import Promises
from contracts.queries.person import person as story
from residents.actions.identities import REVEALED, reveal
from residents.models import Resident
from teams.clock import today
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation


@require_safe
@require(Permission.PEOPLE_READ)
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """All that is known of a resident, identities masked."""
    resident = found(request, pk)
    told = story(resident, user=request.user, day=today())
    context = words.page(told)
    items = [obligation.item for obligation in told.obligations]
    context["fulfilment"] = by_item(Promises(today(), residents=(pk,)), items)
    return render(request, "contracts/person.html", context | rights(request))


@require_POST
@never_cache
@require(Permission.IDENTITY_REVEAL)
def person_reveal(request: SignedInRequest, pk: int, field: str) -> HttpResponse:
    """A whole ID number or phone, in place of the masked one; for a reason, written down."""
    resident, refusal, value = found(request, pk), "", ""
    if field in REVEALED:
        try:
            value = reveal(resident=resident, field=field, reason=request.POST.get("reason", ""), by=request.user)
        except RuleViolation as violation:
            refusal = str(violation)
    masked = words.id_text(resident) if field == "id_number" else words.phone_text(resident)
    context = {"resident": resident, "field": field, "masked": masked, "value": value, "refusal": refusal}
    template = "contracts/_reveal.html" if request.htmx else "contracts/reveal.html"  # type: ignore[attr-defined]
    return render(request, template, context | rights(request))


@require_safe
@require(Permission.PEOPLE_READ)
def person_changes(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who changed what of a resident, when, from where."""
    resident = found(request, pk)
    return render(request, "contracts/person_changes.html", {"resident": resident, "lines": lines(changes(resident))})


def found(request: SignedInRequest, pk: int) -> Resident:
    """A resident whom the account sees; anybody else's is not found."""
    visible = Resident.objects.visible_to(request.user).select_related("household", "village", "institution")
    return get_object_or_404(visible, pk=pk)


def rights(request: SignedInRequest) -> dict[str, bool]:
    """What the account may do with a person."""
    return {
        "may_edit": has_permission(request.user, Permission.RESIDENT_EDIT),
        "may_reveal": has_permission(request.user, Permission.IDENTITY_REVEAL),
        "may_sign": has_permission(request.user, Permission.CONTRACT_EDIT),
        "may_record": has_permission(request.user, Permission.SERVICE_RECORD),
    }
