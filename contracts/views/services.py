"""Entering, correcting and deleting services, one person at a time."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contracts.actions.services import correct_service, delete_service, record_service
from contracts.forms.due import DueForm
from contracts.forms.services import ServiceForm, initial_of
from contracts.models import Service
from contracts.models.ledger import ENTERED
from contracts.presenters import due as words
from contracts.presenters.services import differences, place_text, say_recorded
from contracts.queries.due import Line, lines_of, next_person
from contracts.queries.services import given_on, performers, recent_services, versions, waived_obligations
from contracts.readings import is_critical
from residents.models import Resident
from service_packages.models import Item
from teams.actions.submissions import fresh_key, once
from teams.attempts import attempt, sent, sent_before
from teams.clock import today
from teams.copies import since
from teams.leaving import left, watch
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.presenters.stale import going_on
from teams.rules import RuleViolation

PLACE = "service_place"
# What an address says about one person's page; the rest is the list's.
OF_ONE_PERSON = ("item", "page", "service", "reason")


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SERVICE_RECORD)
def service_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person's due work: enter what was given, and go on to the next person."""
    resident = visible_resident(request, pk)
    due_form = DueForm(request.user, request.GET)
    lines = lines_of([pk], due_form.whole_choice)
    given = given_on(resident, today())
    item = _item(request, due_form.items, lines, given)
    form = _form(request, resident, item)
    if answer := left(request, form):
        return answer
    if form.is_valid() and not form.doubts and (response := sent(request, form, lambda: _record(request, form))):
        return response
    context = {
        "form": form,
        "resident": resident,
        "item": item,
        "day": today(),
        "owed": [words.owed(line, due_form.items, today()) for line in lines],
        "chips": [words.owed(line, due_form.items, today()) for line in _first_of_each_item(lines, given)],
        "other_items": sorted(due_form.items.values(), key=lambda row: row.code),
        "query": list_query(request),
        "may_reveal": has_permission(request.user, Permission.IDENTITY_REVEAL),
        **_background(resident),
    }
    return render(request, "contracts/service_record.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SERVICE_RECORD)
def service_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct an entry, with the entry's history below. Whoever was slower than a colleague sees the difference."""
    if request.method == "POST" and (done := sent_before(request)):
        return done
    service, stale = _visible_service(request, pk), None
    form = _correction(request, service, request.POST or None)
    if answer := left(request, form):
        return answer
    if request.method == "POST" and form.is_valid() and not form.doubts:
        try:
            key = form.cleaned_data["submission"]
            return redirect(once(key=key, by=request.user, do=lambda: _correct(request, service, form)))
        except RuleViolation as refusal:
            if refusal.code == "service.gone":
                messages.error(request, str(refusal))
                return redirect("contracts:service_record", service.resident_id)
            if refusal.code == "service.changed":
                service = _visible_service(request, pk)
                stale = differences(form, since(service, form.cleaned_data["seen"], ENTERED))
                rest = going_on(request.POST, stale, initial_of(service), {"staff_id": "staff"})
                form = watch(_correction(request, service, rest))
            else:
                form.add_error(None if refusal.code == "submission.key" else "performed_on", str(refusal))
    context = {
        "form": form,
        "stale": stale,
        "service": service,
        "submission": fresh_key(),
        "place": place_text(service.place),
        "versions": [(version, place_text(version.before.place)) for version in versions(pk)],
        "query": list_query(request),
    }
    return render(request, "contracts/service_edit.html", context)


@require_POST
@require(Permission.SERVICE_RECORD)
def service_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take out an entry of something that was not given; the history keeps it."""
    if done := sent_before(request):
        return done  # it is no entry any more
    service = _visible_service(request, pk)

    def delete() -> str:
        delete_service(service=service, by=request.user, seen=request.POST.get("seen", ""))
        said = {"item": service.item.name, "day": f"{service.performed_on:%Y-%m-%d}"}
        messages.success(request, _("%(item)s of %(day)s is deleted; what it had met is owed again.") % said)
        return reverse("contracts:service_record", args=[service.resident_id])

    do = partial(once, key=request.POST.get("submission", ""), by=request.user, do=delete)
    return attempt(request, do, "contracts:service_edit", pk)


def list_query(request: SignedInRequest) -> str:
    """The address of the list that the person was opened from."""
    return urlencode({name: value for name, value in request.GET.items() if value and name not in OF_ONE_PERSON})


def after(request: SignedInRequest, resident_id: int) -> str:
    """Where to go when something was saved: the next due person by Ctrl+Enter, else the list."""
    return next_page(request, resident_id) if "next" in request.POST else _list_page(request)


def next_page(request: SignedInRequest, resident_id: int) -> str:
    """The page of the next due person; the list, when there is none."""
    following = next_person(DueForm(request.user, request.GET).choice, request.user, resident_id)
    if following:
        return f"{reverse('contracts:service_record', args=[following])}?{list_query(request)}"
    return _list_page(request)


def _list_page(request: SignedInRequest) -> str:
    return f"{reverse('contracts:due_list')}?{list_query(request)}"


def _record(request: SignedInRequest, form: ServiceForm) -> str:
    service = record_service(resident=form.resident, item=form.item, by=request.user, **form.details)
    request.session[PLACE] = service.place
    say_recorded(request, service, today())
    return _to_referral(request, service) or after(request, service.resident_id)


def _correct(request: SignedInRequest, service: Service, form: ServiceForm) -> str:
    corrected = correct_service(service=service, by=request.user, seen=form.cleaned_data["seen"], **form.details)
    say_recorded(request, corrected, today(), is_corrected=True)
    leads_to = _to_referral(request, corrected) if corrected.readings != service.readings else ""
    return leads_to or f"{reverse('contracts:service_record', args=[service.resident_id])}?{list_query(request)}"


def _to_referral(request: SignedInRequest, service: Service) -> str:
    """Where a critical reading leads, and why; nowhere from any other."""
    if not is_critical(**service.readings) or not has_permission(request.user, Permission.REFERRAL_EDIT):
        return ""
    said = _("The reading is critical: refer the person, and see them again by %(day)s.")
    messages.warning(request, said % {"day": f"{service.follow_up.due_on:%Y-%m-%d}"})
    address = reverse("contracts:referral_create", args=[service.resident_id])
    return f"{address}?{list_query(request)}&service={service.pk}"


def _correction(request: SignedInRequest, service: Service, data: QueryDict | None) -> ServiceForm:
    given_by = [*performers(service.resident, request.user, today()), *([service.staff] if service.staff else [])]
    return ServiceForm(data, resident=service.resident, item=service.item, staff=given_by, initial=initial_of(service))


def _form(request: SignedInRequest, resident: Resident, item: Item) -> ServiceForm:
    initial = {"place": request.session.get(PLACE, Item.Mode.CLINIC), "staff": request.user.staff_id}
    return ServiceForm(
        request.POST or None,
        resident=resident,
        item=item,
        staff=performers(resident, request.user, today()),
        initial=initial,
    )


def _item(request: SignedInRequest, items: dict[int, Item], lines: list[Line], given: set[int]) -> Item:
    """The item asked for; else the most urgent that is owed, else any that is offered; not what was given today.

    A form says which one it was drawn for: what is proposed may be another by the time that it is sent.
    """
    code = request.POST.get("item") or request.GET.get("item", "")
    named = next((item for item in items.values() if item.code == code), None)
    owed = next((items[line.item_id] for line in lines if line.item_id and line.item_id not in given), None)
    free = next((item for item in items.values() if item.pk not in given), None)
    found = named or (None if code else owed or free or next(iter(items.values()), None))
    if found is None:
        raise Http404
    return found


def _first_of_each_item(lines: list[Line], given: set[int]) -> list[Line]:
    """The most urgent line of each item not given today: which item is entered is chosen among these."""
    owed = [line for line in lines if line.item_id and line.item_id not in given]
    return list({line.item_id: line for line in reversed(owed)}.values())[::-1]


def _background(resident: Resident) -> dict[str, Any]:
    services = [(service, place_text(service.place)) for service in recent_services(resident)]
    return {
        "services": services,
        "waived": list(waived_obligations(resident, today())),
        "attempts": list(resident.attempts.select_related("by")[:5]),
        **words.person(resident, today()),
    }


def visible_resident(request: SignedInRequest, pk: int) -> Resident:
    return get_object_or_404(Resident.objects.visible_to(request.user).select_related("village"), pk=pk)


def _visible_service(request: SignedInRequest, pk: int) -> Service:
    rows = Service.objects.visible_to(request.user).select_related("resident", "item", "staff")
    return get_object_or_404(rows, pk=pk)
