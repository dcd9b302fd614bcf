"""What a recorded service did, said to whoever entered it."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from contracts.actions.services import why_not_counted
from contracts.models import Service
from contracts.queries.services import outcome_of
from service_packages.models import Item


def place_text(place: str) -> str:
    """How a service was given, in words; what an import brought along stays as it is."""
    return str(Item.Mode(place).label) if place in Item.Mode.values else place


def say_recorded(request: HttpRequest, service: Service, day: date) -> None:
    """Put the outcome into messages: what was met, what is due next, or why it does not count."""
    outcome = outcome_of(service, day)
    named = {"name": service.resident.name, "item": service.item.name, "day": f"{service.performed_on:%Y-%m-%d}"}
    said = [_("%(name)s · %(item)s of %(day)s is entered.") % named]
    if outcome.met:
        said.append(_("It meets what was due on %(day)s.") % {"day": f"{outcome.met.due_on:%Y-%m-%d}"})
    elif service.is_counted:
        said.append(_("Nothing was owed that it could meet; it counts as a service given."))
    if outcome.next_due_on:
        said.append(_("Next due: %(day)s.") % {"day": f"{outcome.next_due_on:%Y-%m-%d}"})
    messages.success(request, " ".join(said))
    if not service.is_counted:
        reasons = " ".join(str(reason.message) for reason in why_not_counted(service))
        messages.warning(request, _("It does not fulfil the promise. %(reasons)s") % {"reasons": reasons})
