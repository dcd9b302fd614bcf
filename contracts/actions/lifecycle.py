"""Entering the steps of contracts' lives."""

from datetime import date

from contracts.models import Contract, Coverage, LifecycleEntry
from teams.clock import today
from teams.models import User
from teams.models.accounts import SystemAccount


def enter(
    *,
    contract: Contract,
    coverage: Coverage | None = None,
    kind: str,
    on: date,
    reason: str = "",
    consent: str = "",
    by: User | SystemAccount,
) -> LifecycleEntry:
    """Write down a step that holds from `on`, entered today; part of the action that takes the step."""
    return LifecycleEntry.objects.create(
        contract=contract,
        coverage=coverage,
        kind=kind,
        on=on,
        reason=reason[:200],
        consent=consent,
        entered_on=today(),
        entered_by=str(by),
    )
