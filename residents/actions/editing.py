"""Correcting residents' records. Old copies are refused: whoever was slower sees the difference first."""

from collections.abc import Callable
from datetime import date
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction

from residents.copies import is_present
from residents.identity import IdNumber
from residents.models import Resident, Transfer
from residents.pinyin import initials
from residents.queries.identities import resident_with
from residents.rules import check_can_edit, check_is_present
from teams import cipher
from teams.history import made_by
from teams.models import Division, User
from teams.models.accounts import SystemAccount
from teams.phones import Phone

LONGEST_NAME = 60


class Changes(TypedDict, total=False):
    """What of a record is to stand otherwise; what is not named stays. `phone` None: there is none."""

    name: str
    number: IdNumber
    phone: Phone | None
    address: str
    village: Division | None
    registered_on: date | None


@transaction.atomic
def edit_resident(
    *,
    resident: Resident,
    seen: str,
    check: Callable[[Resident], None] = lambda resident: None,
    by: User | SystemAccount,
    **changes: Unpack[Changes],
) -> Resident:
    """Correct a record that was opened with the fingerprint `seen` (`residents.copies`).

    A corrected ID number brings birth date and sex along; a corrected village is also where the last transfer led to.
    `check` is what apps above ask of the record before it is saved. Raises RuleViolation: resident.stale (somebody
    else was faster), .exists, .no_village, .registered_before_birth, .registered_in_future, .dates.
    """
    with made_by(by, "residents.edit"):
        resident = Resident.objects.select_for_update(no_key=True, of=("self",)).get(pk=resident.pk)
        check_is_present(is_present(resident, seen))
        moved = "village" in changes and changes["village"] != resident.village
        _apply(resident, changes)
        check_can_edit(resident, existing=_bearer(changes), by=by)
        check(resident)
        _save(resident, changes, by)
        if moved:
            _correct_last_transfer(resident)
        return resident


def _bearer(changes: Changes) -> Resident | None:
    return resident_with(changes["number"]) if "number" in changes else None


def _apply(resident: Resident, changes: Changes) -> None:
    for field in ("name", "address", "village", "registered_on"):
        if field in changes:
            setattr(resident, field, changes[field])
    resident.initials = initials(resident.name)[:LONGEST_NAME]
    if "phone" in changes:
        called = changes["phone"]
        resident.phone_cipher = cipher.encrypt(called.number, field="phone") if called else None
        resident.phone_hash = cipher.lookup_hash(called.number, field="phone") if called else None
        resident.phone_problem = called.problem if called else "empty"
    if "number" in changes:
        number = changes["number"]
        resident.id_cipher = cipher.encrypt(number.number, field="id_number")
        resident.id_hash = cipher.lookup_hash(number.number, field="id_number")
        resident.person = cipher.person_key(number.number)
        resident.sex, resident.birth_date = number.sex, number.birth_date


def _save(resident: Resident, changes: Changes, by: User | SystemAccount) -> None:
    """Of two who give the same number at once, the second reads who has it."""
    try:
        with transaction.atomic():
            resident.save()
    except IntegrityError:
        check_can_edit(resident, existing=_bearer(changes), by=by)
        raise


def _correct_last_transfer(resident: Resident) -> None:
    """A corrected place is where the last transfer led to (rules.md 4)."""
    last = Transfer.objects.filter(resident=resident).order_by("on").last()
    if last:
        last.to_village = resident.village
        last.save(update_fields=["to_village"])
