"""Confirming contracts of several years once a year (policy `confirmed_yearly`)."""

from datetime import date

from django.db import transaction

from contracts.actions.ending import lock_contract
from contracts.actions.lifecycle import enter
from contracts.models import Confirmation, Contract, LifecycleEntry
from contracts.rules.lifecycle import check_can_confirm, check_consent, year_to_confirm
from teams.clock import today
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount


@transaction.atomic
def confirm(*, contract: Contract, consent: str, seen: int | None = None, by: User | SystemAccount) -> Confirmation:
    """Note that the people still want the contract in its present year.

    Raises RuleViolation: contract.changed_since, .consent, .nothing_to_confirm.
    """
    check_consent(consent)
    with made_by(by, "contracts.confirm"):
        contract = lock_contract(contract, seen)
        day = today()
        year = open_year(contract, day)
        check_can_confirm(year, day)
        enter(contract=contract, kind=LifecycleEntry.Kind.CONFIRMED, on=day, reason=str(year), consent=consent, by=by)
        return Confirmation.objects.create(contract=contract, year=year, on=day)


def open_year(contract: Contract, day: date) -> int | None:
    """Which year of the contract is to be confirmed on the day, if any."""
    coverages = contract.coverages.select_related("resident").prefetch_related("suspensions")
    confirmed = contract.confirmations.values_list("year", flat=True)
    return year_to_confirm(list(coverages), day, confirmed=list(confirmed))
