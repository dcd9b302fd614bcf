"""Ending, suspending and resuming coverages, and taking a termination back. Each step is entered with who and when."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from contracts.actions.ledger import match_services
from contracts.actions.lifecycle import enter
from contracts.actions.waivers import fit_waivers
from contracts.models import Contract, Coverage, LifecycleEntry, Suspension
from contracts.rules import check_can_resume, check_can_suspend, check_can_terminate
from contracts.rules.lifecycle import check_can_undo, check_is_as_seen, check_members, check_reason
from teams.clock import today
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount

Account = User | SystemAccount
Kind = LifecycleEntry.Kind


@transaction.atomic
def terminate(*, coverage: Coverage, on: date, reason: str, note: str = "", by: Account) -> Coverage:
    """End a coverage early; `on` is the first day no longer in force, and cancels what is due from that day on.

    Services from that day on no longer meet its obligations; what was waived shrinks with what is owed.
    Raises RuleViolation: coverage.terminated, .not_in_term, .reason.
    """
    return terminate_all(coverages=[coverage], on=on, reason=reason, note=note, by=by)[0]


@transaction.atomic
def terminate_all(
    *, coverages: Collection[Coverage], on: date, reason: str, note: str = "", seen: int | None = None, by: Account
) -> list[Coverage]:
    """End coverages of one contract together, each as `terminate` does, or none.

    Raises RuleViolation as `terminate`, and coverage.nobody; contract.changed_since.
    """
    check_reason(reason)
    with made_by(by, "contracts.terminate"):
        ended = locked(coverages, seen)
        for coverage in ended:
            check_can_terminate(coverage, on=on, reason=reason)
            coverage.terminated_on, coverage.termination_reason = on, reason
            coverage.save(update_fields=["terminated_on", "termination_reason"])
            words = f"{reason}: {note}" if note else reason
            enter(contract=coverage.contract, coverage=coverage, kind=Kind.TERMINATED, on=on, reason=words, by=by)
        match_services(coverages=_rows(ended))
        fit_waivers(coverages=[coverage.pk for coverage in ended], by=by)
        return ended


@transaction.atomic
def undo_termination(*, coverages: Collection[Coverage], seen: int | None = None, by: Account) -> list[Coverage]:
    """Take back terminations that were entered today; the coverages are as they were before.

    Raises RuleViolation: coverage.nobody, .not_undoable; contract.overlap (somebody else covers them by now),
    .changed_since.
    """
    with made_by(by, "contracts.undo_termination"):
        back = locked(coverages, seen)
        for coverage in back:
            check_can_undo(coverage)
            coverage.terminated_on, coverage.termination_reason = None, ""
            coverage.save(update_fields=["terminated_on", "termination_reason"])
            enter(contract=coverage.contract, coverage=coverage, kind=Kind.TERMINATION_UNDONE, on=today(), by=by)
        match_services(coverages=_rows(back))
        fit_waivers(coverages=[coverage.pk for coverage in back], by=by)
        return back


@transaction.atomic
def suspend(*, coverage: Coverage, from_on: date, to_on: date | None = None, reason: str, by: Account) -> Suspension:
    """Take a coverage out of force from `from_on` to the day before `to_on` (None: until it is resumed).

    Raises RuleViolation: coverage.not_in_term, .dates_reversed, .suspended.
    """
    return suspend_all(coverages=[coverage], from_on=from_on, to_on=to_on, reason=reason, by=by)[0]


@transaction.atomic
def suspend_all(
    *,
    coverages: Collection[Coverage],
    from_on: date,
    to_on: date | None,
    reason: str,
    seen: int | None = None,
    by: Account,
) -> list[Suspension]:
    """Suspend coverages of one contract together, each as `suspend` does, or none.

    Raises RuleViolation as `suspend`, and coverage.nobody; contract.changed_since.
    """
    made = []
    with made_by(by, "contracts.suspend"):
        for coverage in locked(coverages, seen):
            check_can_suspend(coverage, from_on=from_on, to_on=to_on)
            made.append(coverage.suspensions.create(from_on=from_on, to_on=to_on, reason=reason))
            enter(contract=coverage.contract, coverage=coverage, kind=Kind.SUSPENDED, on=from_on, reason=reason, by=by)
    return made


@transaction.atomic
def resume(*, coverage: Coverage, on: date, by: Account) -> Suspension:
    """Put a suspended coverage back in force from `on`. Raises RuleViolation: coverage.not_suspended."""
    return resume_all(coverages=[coverage], on=on, by=by)[0]


@transaction.atomic
def resume_all(*, coverages: Collection[Coverage], on: date, seen: int | None = None, by: Account) -> list[Suspension]:
    """Resume coverages of one contract together, each as `resume` does, or none.

    Raises RuleViolation as `resume`, and coverage.nobody; contract.changed_since.
    """
    ended = []
    with made_by(by, "contracts.resume"):
        for coverage in locked(coverages, seen):
            check_can_resume(coverage, on=on)
            suspension = coverage.suspensions.on(on).get()
            suspension.to_on = on
            suspension.save(update_fields=["to_on"])
            enter(contract=coverage.contract, coverage=coverage, kind=Kind.RESUMED, on=on, by=by)
            ended.append(suspension)
    return ended


def lock_contract(contract: Contract, seen: int | None = None) -> Contract:
    """The contract as it is now, for one step at a time; the second of two reads what the first has done.

    Raises RuleViolation contract.changed_since when a step was taken after the entry `seen`.
    """
    found = Contract.objects.select_for_update(no_key=True, of=("self",)).select_related("team__institution")
    contract = found.get(pk=contract.pk)
    check_is_as_seen(contract, seen)
    return contract


def lock_contracts(keys: Collection[int]) -> list[int]:
    """Lock the contracts with these ids, in one order, so that two who lock many never wait for each other; the ids of
    those that there are."""
    rows = Contract.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def locked(coverages: Collection[Coverage], seen: int | None) -> list[Coverage]:
    """Coverages of one contract as they are now, their contract locked. Raises as `lock_contract`."""
    check_members(coverages)
    contract = lock_contract(Contract(pk=next(iter(coverages)).contract_id), seen)
    chosen = [coverage.pk for coverage in coverages]
    rows = Coverage.objects.select_for_update(no_key=True, of=("self",)).select_related("resident").order_by("pk")
    found = list(rows.filter(pk__in=chosen, contract=contract))
    for coverage in found:
        coverage.contract = contract
    return found


def _rows(coverages: Collection[Coverage]) -> QuerySet[Coverage]:
    return Coverage.objects.filter(pk__in=[coverage.pk for coverage in coverages])
