"""Entering residents on key-population registers, letting them leave, and mending entries."""

from datetime import date

from django.db import transaction

from residents.followers import tell_registers_changed
from residents.models import Register, Resident
from residents.rules import check_entry, check_leaving
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount

Account = User | SystemAccount


@transaction.atomic
def enter_register(*, resident: Resident, category: str, from_on: date, by: Account, **days: date | None) -> Register:
    """Put a resident on a register from a day on; `expected_on`, `delivered_on` of the maternal one.

    Raises RuleViolation: register.no_register, .before_birth, .in_future, .sex, .entered (is on it already), .days.
    """
    with made_by(by, "residents.enter_register"):
        _lock(resident)
        entry = Register(resident=resident, category=category, from_on=from_on, **days)
        check_entry(entry)
        entry.save(force_insert=True)
        tell_registers_changed([resident.pk])
        return entry


@transaction.atomic
def leave_register(*, entry: Register, to_on: date, by: Account) -> Register:
    """Let a resident leave a register; `to_on` is the first day no longer on it.

    Raises RuleViolation: register.left, .reversed, .in_future.
    """
    with made_by(by, "residents.leave_register"):
        _lock(entry.resident)
        entry = Register.objects.select_related("resident").get(pk=entry.pk)
        check_leaving(entry, to_on)
        entry.to_on = to_on
        entry.save(update_fields=["to_on"])
        tell_registers_changed([entry.resident_id])
        return entry


@transaction.atomic
def correct_register(*, entry: Register, by: Account, **days: date | None) -> Register:
    """Mend the days of an entry (from_on, to_on, expected_on, delivered_on). Raises like `enter_register`."""
    with made_by(by, "residents.correct_register"):
        _lock(entry.resident)
        entry = Register.objects.select_related("resident").get(pk=entry.pk)
        for field, day in days.items():
            setattr(entry, field, day)
        check_entry(entry)
        entry.save()
        tell_registers_changed([entry.resident_id])
        return entry


@transaction.atomic
def remove_entry(*, entry: Register, by: Account) -> None:
    """Take out an entry of somebody who never belonged on the register; the history keeps it."""
    with made_by(by, "residents.remove_entry"):
        _lock(entry.resident)
        entry.delete()
        tell_registers_changed([entry.resident_id])


def _lock(resident: Resident) -> None:
    """Of two who enter the same person at once, the second sees the first's entry."""
    Resident.objects.select_for_update(no_key=True, of=("self",)).get(pk=resident.pk)
