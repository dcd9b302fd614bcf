"""When a fund's rule may be published, and a round of an allocation computed, submitted, approved and paid."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Cycle, Fund, FundVersion, Line, Round, Run, UnitKind
from teams.clock import today
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.policy import policy_on
from teams.rules import RuleViolation
from teams.versions import check_is_draft

Account = User | SystemAccount
State, Stage = Round.State, Round.Stage
RATE_IS_NOT_SHARED = _("What quality withholds of an amount a person goes back, or to the excellent.")
# From which state a round goes on to which.
MOVES: Mapping[str, Sequence[str]] = {
    State.SIMULATED: (State.SIMULATED, State.SUBMITTED),
    State.SUBMITTED: (State.APPROVED, State.SIMULATED),
    State.APPROVED: (State.PAID,),
    State.PAID: (),
}


def check_can_edit(by: Account) -> None:
    """Officials have the money in hand."""
    if not has_permission(by, Permission.MONEY_EDIT):
        raise RuleViolation("money.not_allowed", _("Only officials of the bureau change funds and allocations."))


def check_can_publish(version: FundVersion, on: date) -> None:
    """A rule has payers, gives the staff its due, and fits together."""
    check_is_draft(version, "fund")
    if not version.payers.all():
        raise RuleViolation("fund.no_payer", _("Name who pays, and how much."))
    least = policy_on(on)["staff_share_least"]
    if version.staff_share < least:
        raise RuleViolation(
            "fund.staff_share", format_lazy(_("At least {least} per cent of the money goes to the staff."), least=least)
        )
    if is_rate_shared_again(version.method, version.quality, version.withheld):
        raise RuleViolation("fund.withheld", RATE_IS_NOT_SHARED)
    if version.is_capitation and version.method != FundVersion.Method.RATE:
        raise RuleViolation("fund.capitation", _("A capitation is an amount for each person and year."))


def is_rate_shared_again(method: str, quality: str, withheld: str) -> bool:
    """Whether what quality withholds of an amount a person would raise that amount for the others."""
    return (
        method == FundVersion.Method.RATE
        and quality != FundVersion.Quality.NONE
        and withheld == FundVersion.Withheld.SHARED
    )


def check_amounts(amounts: Mapping[str, Decimal]) -> None:
    """Payers give something."""
    if any(amount <= 0 for amount in amounts.values()):
        raise RuleViolation("fund.amount", _("An amount is above zero."))


def rule_in_use(fund: Fund) -> FundVersion:
    """The fund's published rule."""
    version = fund.versions.filter(status=FundVersion.Status.PUBLISHED).first()
    if version is None:
        raise RuleViolation("fund.unpublished", _("The fund has no rule in use yet: publish one first."))
    return version


def check_can_begin(version: FundVersion, from_month: date, to_month: date) -> None:
    """Over months in order that no other run of the fund holds."""
    if to_month < from_month:
        raise RuleViolation("run.months", _("The last month lies before the first one."))
    if version.is_capitation and (from_month.month != 1 or to_month.year != from_month.year):
        raise RuleViolation("run.capitation_year", _("A capitation is settled from January on, within one year."))
    other = Run.objects.filter(fund=version.fund_id).filter(from_month__lte=to_month, to_month__gte=from_month).first()
    if other:
        raise RuleViolation("run.period_taken", format_lazy(_("There is one already: {run}."), run=str(other)))


def check_can_move(row: Round, to: str) -> None:
    """From its present state; the refusal tells what it is."""
    if to not in MOVES[row.state]:
        raise RuleViolation(
            "round.state", format_lazy(_("It is at: {state}. Load the page again."), state=row.get_state_display())
        )


def check_can_simulate(run: Run, stage: str, rounds: Mapping[str, Round]) -> None:
    """The prepayment before the settlement, and each once; earlier periods are settled first."""
    own = rounds.get(stage)
    if own is not None:
        check_can_move(own, State.SIMULATED)
        if own.state == State.SUBMITTED:
            raise RuleViolation("round.submitted", _("It waits for approval: have it given back first."))
    if stage == Stage.PREPAYMENT:
        if not run.version.prepaid_share:
            raise RuleViolation("round.nothing_prepaid", _("By its rule nothing of this fund is prepaid."))
        if Stage.SETTLEMENT in rounds:
            raise RuleViolation("round.settling", _("The settlement has begun: nothing is prepaid any more."))
        return
    before = rounds.get(Stage.PREPAYMENT)
    if before is not None and before.state != State.PAID:
        raise RuleViolation("round.prepayment_open", _("Pay out the prepayment first."))
    earlier = Run.objects.filter(fund=run.fund_id, to_month__lt=run.from_month)
    settled = Round.objects.filter(stage=Stage.SETTLEMENT, state=State.PAID)
    open_run = earlier.exclude(pk__in=settled.values("run")).first()
    if open_run:
        raise RuleViolation(
            "round.earlier_open", format_lazy(_("Settle the earlier one first: {run}."), run=str(open_run))
        )


def check_cycle(run: Run, cycle: Cycle | None) -> None:
    """An assessment of the kind of unit that gets the money, or of institutions, of months of the period."""
    version = run.version
    if version.quality == FundVersion.Quality.NONE:
        return
    if cycle is None:
        raise RuleViolation("round.no_cycle", _("Choose the assessment whose results are the coefficient."))
    kinds = {UnitKind.INSTITUTION, UnitKind(version.receiver)}
    if cycle.unit_kind not in kinds:
        raise RuleViolation("round.cycle_units", _("That assessment is of others than those who get the money."))
    if cycle.to_month < run.from_month or cycle.from_month > run.to_month:
        raise RuleViolation("round.cycle_months", _("That assessment is of other months."))


def check_can_submit(row: Round) -> None:
    """Nothing rests on results that may still change."""
    check_can_move(row, State.SUBMITTED)
    if row.cycle and row.cycle.state != Cycle.State.PUBLISHED:
        raise RuleViolation("round.cycle_open", _("The assessment is not published yet: its results may still change."))


def check_can_receive(row: Round, line: Line, amount: Decimal, received_on: date, note: str) -> None:
    """Of an approved settlement at most what is still owed; a correction takes back at most what came in, and says why.

    `line` is read with what it owes.
    """
    if row.state not in Round.DECIDED:
        raise RuleViolation("repayment.open", _("It is not approved yet: what is owed may still change."))
    if not amount:
        raise RuleViolation("repayment.amount", _("Enter the amount that was paid back."))
    if amount > line.still_owed:
        raise RuleViolation(
            "repayment.amount", format_lazy(_("More than is still owed: {left} yuan."), left=line.still_owed)
        )
    if -amount > line.repaid:
        raise RuleViolation("repayment.amount", format_lazy(_("More than came in: {came} yuan."), came=line.repaid))
    if amount < 0 and not note.strip():
        raise RuleViolation("repayment.note", _("Say what is corrected."))
    if received_on > today():
        raise RuleViolation("repayment.in_future", _("The day lies in the future."))


def check_can_review(row: Round, by: Account) -> None:
    """Somebody else than who computed or submitted it."""
    check_can_edit(by)
    if by.pk in (row.submitted_by_id, row.simulated_by_id):
        raise RuleViolation("round.own", _("A second person approves it, not the one who computed or submitted it."))
