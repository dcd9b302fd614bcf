"""Those who leave the population: deaths, moving out, and their corrections. Coverages end by that themselves."""

from datetime import date

from django.db import transaction

from residents.models import Resident
from residents.rules import check_departure
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount


@transaction.atomic
def record_departure(
    *,
    resident: Resident,
    died_on: date | None,
    moved_out_on: date | None,
    by: User | SystemAccount,
) -> Resident:
    """Set when a resident died and moved out (the first day no longer there); None takes back what was wrong.

    Raises RuleViolation: resident.dates, .died_in_future, .moves_too_late.
    """
    with made_by(by, "residents.departure"):
        resident = Resident.objects.select_for_update(no_key=True, of=("self",)).get(pk=resident.pk)
        resident.died_on, resident.moved_out_on = died_on, moved_out_on
        check_departure(resident)
        resident.save(update_fields=["died_on", "moved_out_on"])
        return resident
