"""What a recorded service did, said to whoever entered it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Min
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from contracts.actions.services import why_not_counted
from contracts.forms.services import ServiceForm
from contracts.models import FollowUp, Service
from contracts.queries.services import outcome_of
from contracts.readings import is_critical
from service_packages.models import Item
from teams.copies import Since
from teams.models import Staff
from teams.permissions import Permission, SignedInRequest, has_permission
from teams.presenters import stale


def place_text(place: str) -> str:
    """How a service was given, in words; what an import brought along stays as it is."""
    return str(Item.Mode(place).label) if place in Item.Mode.values else place


def say_recorded(request: SignedInRequest, service: Service, day: date, *, is_corrected: bool = False) -> None:
    """Put the outcome into messages: what was met, what is due next, or why it does not count."""
    outcome = outcome_of(service, day)
    named = {"name": service.resident.name, "item": service.item.name, "day": f"{service.performed_on:%Y-%m-%d}"}
    corrected, entered = (
        _("%(name)s · %(item)s of %(day)s is corrected."),
        _("%(name)s · %(item)s of %(day)s is entered."),
    )
    said = [(corrected if is_corrected else entered) % named]
    if outcome.met:
        said.append(_("It meets what was due on %(day)s.") % {"day": f"{outcome.met.due_on:%Y-%m-%d}"})
    elif service.is_counted:
        said.append(_("Nothing was owed that it could meet; it counts as a service given."))
    if outcome.next_due_on:
        words = _("Next due: %(day)s.") if outcome.next_due_on >= day else _("Still missing: what was due on %(day)s.")
        said.append(words % {"day": f"{outcome.next_due_on:%Y-%m-%d}"})
    messages.success(request, " ".join(said))
    if not service.is_counted:
        reasons = " ".join(str(reason.message) for reason in why_not_counted(service))
        messages.warning(request, _("It does not fulfil the promise. %(reasons)s") % {"reasons": reasons})


def say_critical(request: SignedInRequest, services: Sequence[Service]) -> None:
    """Name those whose reading is critical, each with the way to a referral."""
    critical = [service for service in services if is_critical(**service.readings)]
    if not critical or not has_permission(request.user, Permission.REFERRAL_EDIT):
        return
    links = (
        (reverse("contracts:referral_create", args=[service.resident_id]), service.pk, service.resident.name)
        for service in critical
    )
    people = format_html_join("、", '<a href="{}?service={}">{}</a>', links)
    message = _("Critical readings: {people}. Refer them, and see them again by {day}.")
    first = FollowUp.objects.filter(service__in=critical).aggregate(day=Min("due_on"))
    messages.warning(request, format_html(message, people=people, day=f"{first['day']:%Y-%m-%d}"))


def differences(form: ServiceForm, since: Since) -> dict[str, Any]:
    """Context key `stale` of `_stale.html` (teams.presenters.stale). What the form doesn't show is as it was."""
    names = {field: "staff" if field == "staff_id" else field for field in since.changes}
    typed = {field: form.initial.get(name) for field, name in names.items()} | form.typed
    labels = {field: form.base_fields[name].label for field, name in names.items()}
    return stale.differences(since, typed, labels, _words)


def _words(field: str, value: Any) -> str:
    """A field of an entry as the page says it."""
    if field == "staff_id":
        return str(Staff.objects.filter(pk=value).first() or "—")
    return place_text(value) if field == "place" else str("—" if value in (None, "") else value)
