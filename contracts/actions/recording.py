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
    """What went in, how many stood there already to the letter, and why the others did not go in: the entry's number
    in the order given -> the reason."""

    services: list[Service]
    unchanged: int
    refused: Mapping[int, str | Promise]


@transaction.atomic
def record_many(*, entries: Sequence[Entry], by: User | SystemAccount) -> Recorded:
    """Enter the services that can be true and are not there yet; the others are told, by their number from 0. What
    stands there already to the letter is no error: the same form may come twice.

    Raises service.at_once, with nothing entered, when somebody else enters one of them at the same moment.
    """
    with made_by(by, "contracts.record_many"):
        lock_ledgers({entry.resident.pk for entry in entries})
        stored, unchanged = _stored(entries), 0
        refused: dict[int, str | Promise] = {}
        made: dict[Key, Service] = {}
        for number, entry in enumerate(entries):
            service = Service(**vars(entry))
            key = (service.resident_id, service.item_id, service.performed_on)
            present = made.get(key) or stored.get(key)
            if present and present.fingerprint == service.fingerprint:
                unchanged += 1
            elif problem := EXISTS if present else _problem(service):
                refused[number] = problem
            else:
                made[key] = service
        _save(list(made.values()))
        settle_follow_ups(made.values())
        match_entered(services=list(made))
    return Recorded(list(made.values()), unchanged, refused)


def _problem(service: Service) -> str | Promise:
    """Why the service cannot be true; nothing when it can."""
    try:
        check(service)
    except RuleViolation as refusal:
        return refusal.message
    return ""


def _save(services: Sequence[Service]) -> None:
    try:
        with transaction.atomic():
            Service.objects.bulk_create(services, batch_size=1000)
    except IntegrityError as error:
        if constraint_of(error) != "contracts_service_once_a_day":
            raise
        message = _("Somebody entered one of these services at the same moment. Nothing went in; send it again.")
        raise RuleViolation("service.at_once", message) from None


def _stored(entries: Sequence[Entry]) -> dict[Key, Service]:
    """The services that are there already, among those of the entries' people and days."""
    rows = Service.objects.filter(
        resident__in={entry.resident.pk for entry in entries},
        item__in={entry.item.pk for entry in entries},
        performed_on__in={entry.performed_on for entry in entries},
    )
    return {(row.resident_id, row.item_id, row.performed_on): row for row in rows}
