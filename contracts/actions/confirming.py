"""Confirming contracts of several years once a year (policy `confirmed_yearly`)."""

from django.db import transaction

from contracts.actions.ending import lock_contract
from contracts.actions.lifecycle import enter
from contracts.models import Confirmation, Contract, LifecycleEntry
from contracts.queries.confirmations import open_years
from contracts.rules.lifecycle import check_can_confirm, check_consent
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
        year = check_can_confirm(open_years([contract], day)[contract.pk], day)
        enter(contract=contract, kind=LifecycleEntry.Kind.CONFIRMED, on=day, reason=str(year), consent=consent, by=by)
        return Confirmation.objects.create(contract=contract, year=year, on=day)
