"""Changing a resident: one page for each kind of change, refused with what to do at the field that it is about."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contracts.actions import lives
from contracts.forms.people import REFUSED_FIELDS, DepartureForm, EditForm, EntryForm, HouseholdForm, TransferForm
from contracts.presenters.people import id_text, phone_text
from contracts.presenters.stale import differences, going_on
from contracts.views.person import found
from residents.actions.households import found_household, join_household, leave_household
from residents.actions.transfers import transfer
from residents.copies import since
from residents.models import Household, Register, Resident
from teams.actions.submissions import fresh_key, once
from teams.attempts import attempt, sent, sent_before
from teams.leaving import left, watch
from teams.permissions import Permission, SignedInRequest, require
from teams.rules import RuleViolation

ASKED = ("GET", "HEAD", "POST")


@require_http_methods(ASKED)
@require(Permission.RESIDENT_EDIT)
def person_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the record. Whoever was slower than somebody else sees the difference, and goes on from there."""
    resident, stale = found(request, pk), None
    form = EditForm(request.user, resident, request.POST or None)
    if answer := left(request, form):
        return answer

    def correct() -> str:
        data = form.cleaned_data
        lives.edit_person(resident=resident, seen=data["seen"], by=request.user, **form.changes)
        messages.success(request, _("The record of %(name)s is corrected.") % {"name": data["name"]})
        return reverse("contracts:person", args=[pk])

    if request.method == "POST" and form.is_valid():
        try:
            return redirect(once(key=form.cleaned_data["submission"], by=request.user, do=correct))
        except RuleViolation as refusal:
            if refusal.code == "resident.stale":
                changed = since(resident, form.cleaned_data["seen"])
                stale = differences(form, resident, changed)
                form = watch(EditForm(request.user, resident, going_on(form, resident, changed)))
            else:
                add_refusal(form, refusal)
    context = {"resident": resident, "form": form, "stale": stale}
    context |= {"id_masked": id_text(resident), "phone_masked": phone_text(resident)}
    return render(request, "contracts/person_edit.html", context)


@require_http_methods(ASKED)
@require(Permission.RESIDENT_EDIT)
def register_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a resident on a register."""
    resident = found(request, pk)
    form = EntryForm(None, request.POST or None)

    def do() -> None:
        category = form.cleaned_data["category"]
        lives.enter_register(resident=resident, category=category, by=request.user, **form.days)

    return _changing(request, resident, form, _("Put on a register"), do, _("The entry is made."))


@require_http_methods(ASKED)
@require(Permission.RESIDENT_EDIT)
def register_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a resident leave a register, or mend the entry."""
    entry = _entry(request, pk)
    form = EntryForm(entry, request.POST or None)

    def do() -> None:
        lives.correct_register(entry=entry, by=request.user, **form.days)

    said, title = _("The entry is changed."), _("Change an entry on a register")
    return _changing(request, entry.resident, form, title, do, said, entry=entry, submission=fresh_key())


@require_POST
@require(Permission.RESIDENT_EDIT)
def register_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take out an entry that was a mistake."""
    entry = _entries(request).filter(pk=pk).first()
    if entry is None:
        if done := sent_before(request):
            return done
        raise Http404

    def remove() -> str:
        lives.remove_entry(entry=entry, by=request.user)
        messages.success(request, _("The entry is removed; the history keeps it."))
        return reverse("contracts:person", args=[entry.resident_id])

    key = request.POST.get("submission", "")
    do = partial(once, key=key, by=request.user, do=remove)
    return attempt(request, do, "contracts:register_edit", pk)


@require_http_methods(ASKED)
@require(Permission.RESIDENT_EDIT)
def person_household(request: SignedInRequest, pk: int) -> HttpResponse:
    """In which household a resident lives."""
    resident = found(request, pk)
    number = resident.household.number if resident.household else ""
    initial = {"choice": HouseholdForm.JOIN, "number": number, "is_head": resident.is_head}
    form = HouseholdForm(request.POST or None, initial=initial)
    do = partial(_house, request, resident, form)
    return _changing(request, resident, form, _("Change the household"), do, _("The household is changed."))


@require_http_methods(ASKED)
@require(Permission.RESIDENT_EDIT)
def person_transfer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a resident be managed elsewhere from a day on."""
    resident = found(request, pk)
    form = TransferForm(request.POST or None)

    def do() -> None:
        data = form.cleaned_data
        place = {"institution": data["institution"], "village": data["village"]}
        transfer(resident=resident, on=data["on"], by=request.user, **place)

    said = _("%(name)s was transferred.") % {"name": resident.name}
    return _changing(request, resident, form, _("Transfer within the district"), do, said)


@require_http_methods(ASKED)
@require(Permission.RESIDENT_EDIT)
def person_departure(request: SignedInRequest, pk: int) -> HttpResponse:
    """Report a death or moving out, or mend it; asks again when something is recorded after these days."""
    resident = found(request, pk)
    form = DepartureForm(resident, request.POST or None)

    def do() -> None:
        lives.record_departure(resident=resident, by=request.user, **form.days)

    return _changing(request, resident, form, _("Death or moving out"), do, _("It is entered."))


def add_refusal(form: forms.Form, refusal: RuleViolation) -> None:
    """Show a refusal at the field that it is about, else above the form."""
    field = REFUSED_FIELDS.get(refusal.code)
    form.add_error(field if field in form.fields else None, str(refusal))


def _changing(
    request: SignedInRequest,
    resident: Resident,
    form: forms.Form,
    title: str | Promise,
    do: Callable[[], None],
    said: str,
    **context: Any,
) -> HttpResponse:
    """The form; sent and in order, the change once, and back to the person."""

    def change() -> str:
        do()
        messages.success(request, said)
        seen = Resident.objects.visible_to(request.user).filter(pk=resident.pk).exists()
        return reverse("contracts:person", args=[resident.pk]) if seen else reverse("contracts:people")

    if answer := left(request, form):
        return answer
    is_doubted = form.is_valid() and bool(getattr(form, "doubts", None))
    if not is_doubted and (response := sent(request, form, change, REFUSED_FIELDS.get)):
        return response
    page = {"resident": resident, "form": form, "title": title}
    return render(request, "contracts/person_change.html", page | context)


def _house(request: SignedInRequest, resident: Resident, form: HouseholdForm) -> None:
    data = form.cleaned_data
    if data["choice"] == HouseholdForm.NONE:
        leave_household(resident=resident, by=request.user)
    elif data["choice"] == HouseholdForm.FOUND:
        found_household(members=[resident], by=request.user)
    else:
        household = Household.objects.filter(number=data["number"]).first()
        if household is None:
            found_household(members=[resident], number=data["number"], by=request.user)
        else:
            join_household(resident=resident, household=household, is_head=data["is_head"], by=request.user)


def _entry(request: SignedInRequest, pk: int) -> Register:
    return get_object_or_404(_entries(request), pk=pk)


def _entries(request: SignedInRequest) -> QuerySet[Register]:
    return Register.objects.visible_to(request.user).select_related("resident__village", "resident__institution")
