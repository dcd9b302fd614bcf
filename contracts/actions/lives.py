"""Changes of residents from which promises follow: what was owed is worked out again with them, in one transaction."""

from datetime import date
from typing import Unpack

from django.db import transaction

from contracts.actions.ending import lock_contracts
from contracts.actions.ledger import make_obligations, match_services
from contracts.actions.waivers import fit_waivers
from contracts.lives import check_born_before_services
from contracts.models import Coverage
from residents.actions import departures, editing, registers
from residents.models import Register, Resident
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount

Account = User | SystemAccount


@transaction.atomic
def edit_person(*, resident: Resident, seen: str, by: Account, **changes: Unpack[editing.Changes]) -> Resident:
    """Correct a record (`residents.actions.editing`). Raises also life.service_before_birth."""
    edited = editing.edit_resident(resident=resident, seen=seen, check=check_born_before_services, by=by, **changes)
    if "number" in changes:
        _promise_again(edited)
    return edited


@transaction.atomic
def enter_register(*, resident: Resident, category: str, from_on: date, by: Account, **days: date | None) -> Register:
    """Put a resident on a register (`residents.actions.registers`)."""
    entry = registers.enter_register(resident=resident, category=category, from_on=from_on, by=by, **days)
    _promise_again(resident)
    return entry


@transaction.atomic
def leave_register(*, entry: Register, to_on: date, by: Account) -> Register:
    """Let a resident leave a register."""
    left = registers.leave_register(entry=entry, to_on=to_on, by=by)
    _promise_again(entry.resident)
    return left


@transaction.atomic
def correct_register(*, entry: Register, by: Account, **days: date | None) -> Register:
    """Mend the days of an entry on a register."""
    mended = registers.correct_register(entry=entry, by=by, **days)
    _promise_again(entry.resident)
    return mended


@transaction.atomic
def remove_entry(*, entry: Register, by: Account) -> None:
    """Take out an entry that was a mistake."""
    registers.remove_entry(entry=entry, by=by)
    _promise_again(entry.resident)


@transaction.atomic
def record_departure(*, resident: Resident, died_on: date | None, moved_out_on: date | None, by: Account) -> Resident:
    """Set or mend the days of death and moving out, also before what is recorded of the person since: of two facts that
    contradict each other nobody knows here which is the mistake."""
    coverages = Coverage.objects.filter(resident=resident)
    lock_contracts(list(coverages.values_list("contract", flat=True)))
    departed = departures.record_departure(resident=resident, died_on=died_on, moved_out_on=moved_out_on, by=by)
    with made_by(by, "contracts.fit_waivers"):
        fit_waivers(coverages=list(coverages.values_list("pk", flat=True)), by=by)
    return departed


def _promise_again(resident: Resident) -> None:
    """What is owed by birth date and registers is made and matched again."""
    coverages = Coverage.objects.filter(resident=resident)
    make_obligations(coverages=coverages)
    match_services(coverages=coverages)
