"""Allocating a fund over a period: begin, simulate, submit, approve by a second person, pay (docs/money.md)."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import Cycle, Fund, Line, PassedOn, Round, Run, Share, UnitKind
from assessments.queries.lines import Calculation, calculate_prepayment, calculate_settlement
from assessments.queries.results import results_of
from assessments.rules.allocation import yuan
from assessments.rules.money import (
    Account,
    State,
    check_can_begin,
    check_can_edit,
    check_can_move,
    check_can_review,
    check_can_simulate,
    check_can_submit,
    check_cycle,
    rule_in_use,
)
from teams.actions.twins import only_one
from teams.history import made_by
from teams.rules import RuleViolation


@transaction.atomic
def begin_run(*, fund: Fund, from_month: date, to_month: date, by: Account) -> Run:
    """Open a fund's allocation over whole months, by the rule that is in use.

    Raises RuleViolation: money.not_allowed; fund.unpublished; run.months, .period_taken, .capitation_year.
    """
    with made_by(by, "assessments.begin_run"):
        check_can_edit(by)
        fund = Fund.objects.select_for_update(no_key=True).get(pk=fund.pk)
        version = rule_in_use(fund)
        check_can_begin(version, from_month, to_month)
        with only_one("run.period_taken", _("Somebody else has just begun one for these months.")):
            return Run.objects.create(
                fund=fund, version=version, from_month=from_month, to_month=to_month, made_by_id=by.pk
            )


@transaction.atomic
def drop_run(*, run: Run, by: Account) -> None:
    """Take back an allocation of which nothing was handed in for approval: its months are free again.

    Raises RuleViolation: money.not_allowed; run.submitted.
    """
    with made_by(by, "assessments.drop_run"):
        check_can_edit(by)
        run = Run.objects.select_for_update(no_key=True).get(pk=run.pk)
        if run.rounds.exclude(state=State.SIMULATED).exists():
            raise RuleViolation("run.submitted", _("It was submitted for approval already, and stays."))
        run.rounds.all().delete()
        run.delete()


@transaction.atomic
def simulate_round(*, run: Run, stage: str, by: Account, cycle: Cycle | None = None) -> Round:
    """Compute the prepayment or the settlement of a run; a simulation takes the place of the one before.

    Raises RuleViolation: money.not_allowed, .months_open; round.state, .submitted, .nothing_prepaid, .settling,
    .prepayment_open, .earlier_open, .no_cycle, .cycle_units, .cycle_months.
    """
    with made_by(by, "assessments.simulate_round"):
        check_can_edit(by)
        run = Run.objects.select_for_update(no_key=True, of=("self",)).select_related("version", "fund").get(pk=run.pk)
        rounds = {row.stage: row for row in run.rounds.all()}
        check_can_simulate(run, stage, rounds)
        if stage == Round.Stage.PREPAYMENT:
            return _write(run, stage, calculate_prepayment(run), None, by)
        check_cycle(run, cycle)
        results = results_of(cycle) if cycle else {}
        kind = cycle.unit_kind if cycle else UnitKind.TEAM
        return _write(run, stage, calculate_settlement(run, results, kind), cycle, by)


def _write(run: Run, stage: str, done: Calculation, cycle: Cycle | None, by: Account) -> Round:
    allocation = done.allocation
    row, _made = Round.objects.update_or_create(
        run=run,
        stage=stage,
        defaults={
            "cycle": cycle,
            "inputs": {
                "months": [
                    {"month": str(each.month), "revision": each.number, "id": each.pk, "sha256": each.sha256}
                    for each in done.revisions
                ]
            },
            "pool": yuan(allocation.pool),
            "payers": {payer: str(yuan(amount)) for payer, amount in allocation.payers.items()},
            "returned": {payer: str(yuan(amount)) for payer, amount in allocation.returned.items()},
            "simulated_at": timezone.now(),
            "simulated_by_id": by.pk,
        },
    )
    row.lines.all().delete()
    for drawn in done.lines:
        drawn.line.round = row
    Line.objects.bulk_create(drawn.line for drawn in done.lines)
    for drawn in done.lines:
        for share in drawn.shares:
            share.line = drawn.line
        for hospital in drawn.hospitals:
            hospital.line = drawn.line
    Share.objects.bulk_create(share for drawn in done.lines for share in drawn.shares)
    PassedOn.objects.bulk_create(part for drawn in done.lines for part in drawn.hospitals)
    return row


@transaction.atomic
def submit_round(*, row: Round, by: Account) -> Round:
    """Ask a second person to approve a simulation.

    Raises RuleViolation: money.not_allowed; round.state, .cycle_open.
    """
    with made_by(by, "assessments.submit_round"):
        check_can_edit(by)
        row = _locked(row)
        check_can_submit(row)
        row.state, row.submitted_at, row.submitted_by_id, row.note = State.SUBMITTED, timezone.now(), by.pk, ""
        row.save(update_fields=["state", "submitted_at", "submitted_by", "note"])
        return row


@transaction.atomic
def review_round(*, row: Round, approved: bool, note: str, by: Account) -> Round:
    """Approve what somebody else submitted, from when on it never changes; or give it back with a remark.

    Raises RuleViolation: money.not_allowed; round.state, .own, .reason.
    """
    with made_by(by, "assessments.review_round"):
        row = _locked(row)
        check_can_move(row, State.APPROVED)
        check_can_review(row, by)
        if not approved and not note.strip():
            raise RuleViolation("round.reason", _("Say why you give it back."))
        row.note = note.strip()
        if approved:
            row.state, row.approved_at, row.approved_by_id = State.APPROVED, timezone.now(), by.pk
        else:
            row.state, row.submitted_at, row.submitted_by = State.SIMULATED, None, None
        row.save()
        return row


@transaction.atomic
def pay_round(*, row: Round, by: Account) -> Round:
    """Note that an approved round was paid out. Raises RuleViolation: money.not_allowed; round.state."""
    with made_by(by, "assessments.pay_round"):
        check_can_edit(by)
        row = _locked(row)
        check_can_move(row, State.PAID)
        row.state, row.paid_at, row.paid_by_id = State.PAID, timezone.now(), by.pk
        row.save(update_fields=["state", "paid_at", "paid_by"])
        return row


def _locked(row: Round) -> Round:
    return Round.objects.select_for_update(no_key=True, of=("self",)).select_related("run", "cycle").get(pk=row.pk)
