"""When a resident may be transferred."""

from datetime import date

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from residents.models import Resident
from teams.clock import today
from teams.models import Division, Institution
from teams.rules import RuleViolation


def check_can_transfer(resident: Resident, institution: Institution, village: Division | None, on: date) -> None:
    """To another place, on a day after the last transfer and not in the future (rules.md 4)."""
    if (institution.pk, village and village.pk) == (resident.institution_id, resident.village_id):
        raise RuleViolation("resident.same_place", _("The resident is there already."))
    if on > today():
        raise RuleViolation("resident.transfer_in_future", _("The day of the transfer lies in the future."))
    last = resident.transfers.order_by("on").last()
    if last is not None and on <= last.on:
        raise RuleViolation(
            "resident.transferred_since",
            format_lazy(_("The resident was transferred on {day} already. Choose a later day."), day=last.on),
        )
