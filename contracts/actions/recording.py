"""Entering many services at once: a village afternoon in a grid, an examination day. Set-based but for the checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contracts.actions.ledger import lock_ledgers, match_entered
from contracts.actions.services import check, settle_follow_ups
from contracts.models import Service
from contracts.rules import constraint_of
from residents.models import Resident
from service_packages.models import Item
from teams.history import made_by
from teams.models import Staff, User
from teams.models.accounts import SystemAccount
from teams.rules import RuleViolation

Key = tuple[int, int, date]
EXISTS = _("This service was entered for that day already. Correct that entry instead.")


@dataclass(frozen=True)
class Entry:
    """One service to enter; mmHg and mmol/L."""

    resident: Resident
    item: Item
    performed_on: date
    staff: Staff | None = None
    place: str = ""
    systolic: int | None = None
    diastolic: int | None = None
    fasting_glucose: Decimal | None = None
    note: str = ""


@dataclass(frozen=True)
class Recorded:
    """What went in, and why the others did not: the entry's number in the order given -> the reason."""

    services: list[Service]
    refused: Mapping[int, str | Promise]


@transaction.atomic
def record_many(*, entries: Sequence[Entry], by: User | SystemAccount) -> Recorded:
    """Enter the services that can be true and are not there yet; the others are told, by their number from 0.

    Raises service.at_once, with nothing entered, when somebody else enters one of them at the same moment.
    """
    with made_by(by, "contracts.record_many"):
        lock_ledgers({entry.resident.pk for entry in entries})
        taken, refused, made = _stored(entries), {}, []
        for number, entry in enumerate(entries):
            service = Service(**vars(entry))
            key = (service.resident_id, service.item_id, service.performed_on)
            try:
                check(service)
            except RuleViolation as refusal:
                refused[number] = refusal.message
                continue
            if key in taken:
                refused[number] = EXISTS
                continue
            taken.add(key)
            made.append(service)
        _save(made)
        settle_follow_ups(made)
        match_entered(services=[(one.resident_id, one.item_id, one.performed_on) for one in made])
    return Recorded(made, refused)


def _save(services: Sequence[Service]) -> None:
    try:
        with transaction.atomic():
            Service.objects.bulk_create(services, batch_size=1000)
    except IntegrityError as error:
        if constraint_of(error) != "contracts_service_once_a_day":
            raise
        message = _("Somebody entered one of these services at the same moment. Nothing went in; send it again.")
        raise RuleViolation("service.at_once", message) from None


def _stored(entries: Sequence[Entry]) -> set[Key]:
    """The services that are there already, among those of the entries' people and days."""
    rows = Service.objects.filter(
        resident__in={entry.resident.pk for entry in entries},
        item__in={entry.item.pk for entry in entries},
        performed_on__in={entry.performed_on for entry in entries},
    )
    return set(rows.values_list("resident_id", "item_id", "performed_on"))
