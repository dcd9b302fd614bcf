"""Entering services and waivers. Each entry matches the item's obligations again, so that its order doesn't matter."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from contracts.actions.ledger import lock_ledger, rematch
from contracts.models import FollowUp, Obligation, Service
from contracts.readings import is_critical
from contracts.rules import (
    check_can_correct,
    check_can_take_back,
    check_can_waive,
    check_readings,
    check_service_date,
    constraint_of,
)
from residents.models import Resident
from service_packages.models import Item
from service_packages.rules import Reason, check_counts
from teams.clock import today
from teams.history import made_by
from teams.models import Staff, User
from teams.models.accounts import SystemAccount
from teams.policy import policy_on
from teams.rules import RuleViolation


class Details(TypedDict, total=False):
    """What may be known of a service besides whom, what and when; mmHg and mmol/L."""

    staff: Staff | None
    place: str
    systolic: int | None
    diastolic: int | None
    fasting_glucose: Decimal | None
    note: str


class Correction(Details, total=False):
    """What of a service turns out to be otherwise."""

    item: Item
    performed_on: date


@transaction.atomic
def record_service(
    *, resident: Resident, item: Item, performed_on: date, by: User | SystemAccount, **details: Unpack[Details]
) -> Service:
    """Enter a service given to a resident on a day.

    Raises RuleViolation: service.in_future, .before_birth, .after_death, .reading, .exists (the item on that day).
    """
    with made_by(by, "contracts.record_service"):
        lock_ledger(resident.pk)
        service = Service(resident=resident, item=item, performed_on=performed_on, **details)
        _save(service)
        rematch(resident_ids=[resident.pk], item_ids=[item.pk])
        return service


@transaction.atomic
def correct_service(
    *, service: Service, by: User | SystemAccount, seen: str = "", **changes: Unpack[Correction]
) -> Service:
    """Change what was entered wrongly; what is not named stays. `seen` is the fingerprint of the entry on the form.

    Raises like `record_service`, and service.changed when the entry is another by now, service.gone when it is deleted.
    """
    with made_by(by, "contracts.correct_service"):
        lock_ledger(service.resident_id)
        service = _locked(service)
        check_can_correct(service, seen=seen)
        items = {service.item_id}
        for field, value in changes.items():
            setattr(service, field, value)
        _save(service)
        rematch(resident_ids=[service.resident_id], item_ids=items | {service.item_id})
        return service


@transaction.atomic
def delete_service(*, service: Service, by: User | SystemAccount, seen: str = "") -> None:
    """Take out a service that was not given; the history keeps the row. Raises service.changed and .gone as above."""
    with made_by(by, "contracts.delete_service"):
        lock_ledger(service.resident_id)
        service = _locked(service)
        check_can_correct(service, seen=seen)
        resident_id, item_id = service.resident_id, service.item_id
        service.delete()
        rematch(resident_ids=[resident_id], item_ids=[item_id])


@transaction.atomic
def waive(*, obligation: Obligation, reason: str, by: User | SystemAccount, on: date) -> Obligation:
    """Take out an obligation for a reason (refused, in hospital, away), in the account's name.

    Raises RuleViolation: obligation.waived, .met, .reason, .in_future.
    """
    with made_by(by, "contracts.waive"):
        lock_ledger(obligation.resident_id)
        obligation = Obligation.objects.select_for_update().get(pk=obligation.pk)
        check_can_waive(obligation, reason=reason, on=on)
        obligation.waived_on, obligation.waived_by, obligation.waiver = on, str(by), reason
        obligation.save(update_fields=["waived_on", "waived_by", "waiver"])
        rematch(resident_ids=[obligation.resident_id], item_ids=[obligation.item_id])
        return obligation


@transaction.atomic
def take_back_waiver(*, obligation: Obligation, by: User | SystemAccount) -> Obligation:
    """Owe again what was waived; the history keeps who waived it, when and why. Raises obligation.not_waived."""
    with made_by(by, "contracts.take_back_waiver"):
        lock_ledger(obligation.resident_id)
        obligation = Obligation.objects.select_for_update().get(pk=obligation.pk)
        check_can_take_back(obligation)
        obligation.waived_on, obligation.waived_by, obligation.waiver = None, "", ""
        obligation.save(update_fields=["waived_on", "waived_by", "waiver"])
        rematch(resident_ids=[obligation.resident_id], item_ids=[obligation.item_id])
        return obligation


def check(service: Service) -> None:
    """Whether the entry can be true, and whether it counts. Raises as `record_service` but for .exists."""
    resident = service.resident
    check_service_date(service.performed_on, birth_date=resident.birth_date, died_on=resident.died_on)
    check_readings(systolic=service.systolic, diastolic=service.diastolic, fasting_glucose=service.fasting_glucose)
    service.is_counted = not why_not_counted(service)


def why_not_counted(service: Service) -> list[Reason]:
    """What the item's rules miss in the entry; nothing when it counts as fulfilling."""
    job = service.staff.job if service.staff else ""
    return check_counts(service.item, performer_job=job, place=service.place, readings=service.readings)


def settle_follow_ups(services: Iterable[Service]) -> None:
    """Let critical readings call for a follow-up within the days that the policy names, and corrected ones no more."""
    entered = list(services)
    critical = [service for service in entered if is_critical(**service.readings)]
    calm = [service.pk for service in entered if not is_critical(**service.readings)]
    FollowUp.objects.filter(service__in=calm).delete()
    if not critical:
        return
    days = timedelta(days=policy_on(today())["follow_up_days"])
    FollowUp.objects.bulk_create(
        (
            FollowUp(
                resident_id=service.resident_id,
                cause=FollowUp.Cause.CRITICAL,
                service=service,
                opened_on=service.performed_on,
                due_on=service.performed_on + days,
            )
            for service in critical
        ),
        update_conflicts=True,
        unique_fields=["service"],
        update_fields=["opened_on", "due_on"],
    )


def _locked(service: Service) -> Service:
    try:
        return (
            Service.objects.select_for_update(of=("self",))
            .select_related("resident", "item", "staff")
            .get(pk=service.pk)
        )
    except Service.DoesNotExist:
        raise RuleViolation("service.gone", _("Somebody deleted this entry in the meantime.")) from None


def _save(service: Service) -> None:
    check(service)
    try:
        with transaction.atomic():
            service.save()
            settle_follow_ups([service])
    except IntegrityError as error:
        if constraint_of(error) != "contracts_service_once_a_day":
            raise
        raise RuleViolation(
            "service.exists", _("This service was entered for that day already. Correct that entry instead.")
        ) from None
