"""Moves of residents between institutions and villages."""

from datetime import date

from django.db import transaction

from residents.models import Resident, Transfer
from residents.rules import check_can_transfer
from teams.clock import today
from teams.history import made_by
from teams.models import Division, Institution, User
from teams.models.accounts import SystemAccount


@transaction.atomic
def transfer(
    *,
    resident: Resident,
    institution: Institution,
    village: Division | None,
    on: date | None = None,
    by: User | SystemAccount,
) -> Transfer:
    """From `on` (default: today) the resident counts at another institution and village; earlier months stay.

    A mistake in the record is no transfer: that is corrected on the record itself. Raises `RuleViolation`.
    """
    day = on or today()
    resident = Resident.objects.select_for_update().get(pk=resident.pk)
    check_can_transfer(resident, institution, village, day)
    with made_by(by, "transfer"):
        moved = Transfer.objects.create(
            resident=resident,
            on=day,
            from_institution_id=resident.institution_id,
            from_village_id=resident.village_id,
            to_institution=institution,
            to_village=village,
        )
        resident.institution, resident.village = institution, village
        resident.save(update_fields=["institution", "village"])
    return moved
