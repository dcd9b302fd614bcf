"""When contracts may pass from one team to another, and who may prepare and review that (docs/contracts.md)."""

from datetime import date

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.models import Departure, Handover, HandoverLine
from contracts.rules.lifecycle import check_consent, check_team_exists
from teams.clock import today
from teams.dates import add_months
from teams.models import Team, User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation

Status, Answer = Handover.Status, HandoverLine.Answer
# From which status a handover goes on to which.
MOVES = {
    Status.ASKING: (Status.REVIEW,),
    Status.REVIEW: (Status.APPROVED, Status.ASKING),
    Status.APPROVED: (Status.DONE,),
    Status.DONE: (Status.APPROVED,),  # somebody who had declined has agreed since
}


def can_prepare(by: User | SystemAccount) -> bool:
    """Clerks and doctors for their contracts, administrators for their teams."""
    return has_permission(by, Permission.CONTRACT_EDIT) or has_permission(by, Permission.TEAM_EDIT)


def check_can_prepare(*, from_team: Team, to_team: Team, effective_on: date, by: User | SystemAccount) -> None:
    """Between two teams that the account sees, from a day that has not passed; the other one exists on it."""
    if not can_prepare(by):
        raise RuleViolation("handover.not_allowed", _("Your account may not hand over contracts."))
    if from_team.pk == to_team.pk:
        raise RuleViolation("handover.same_team", _("Choose another team to take the contracts."))
    if effective_on < today():
        raise RuleViolation(
            "handover.passed", _("Nobody can be asked about days that have passed: enter today or a later day.")
        )
    check_team_exists(to_team, effective_on)


def check_can_move(handover: Handover, to: str) -> None:
    """From its present status; the refusal tells what it is."""
    if to not in MOVES[Status(handover.status)]:
        raise _at_another(handover)


def _at_another(handover: Handover) -> RuleViolation:
    return RuleViolation(
        "handover.status",
        format_lazy(_("The handover is at: {status}. Load the page again."), status=handover.get_status_display()),
    )


def check_can_drop(handover: Handover) -> None:
    """Nobody has answered yet: what people said is kept."""
    if handover.status != Status.ASKING:
        raise _at_another(handover)
    if handover.lines.exclude(answered_on=None).exists():
        raise RuleViolation("handover.answered", _("Somebody has answered already: the handover stays."))


def check_can_review(handover: Handover, by: User) -> None:
    """Somebody else than who made it, with the right to review."""
    if not has_permission(by, Permission.HANDOVER_REVIEW):
        raise RuleViolation("handover.not_reviewer", _("Your account may not review handovers."))
    if handover.made_by_id == by.pk:
        raise RuleViolation("handover.own", _("Somebody other than the person who made the handover reviews it."))


def check_can_answer(line: HandoverLine, *, answer: str, consent: str, on: date) -> None:
    """What people said, on a day that has come, before their contract is continued."""
    if line.made_id:
        raise RuleViolation("handover.continued", _("The contract was handed over already."))
    if line.handover.status == Status.REVIEW:
        raise RuleViolation("handover.in_review", _("The handover is being reviewed: answers are entered before."))
    if answer not in (Answer.ASKED, Answer.CONSENTED, Answer.DECLINED):
        raise RuleViolation("handover.answer", _("Say what they answered."))
    check_consent(consent)
    if on > today():
        raise RuleViolation("handover.in_future", _("The day of the answer lies in the future."))


def check_can_depart(*, departure: Departure) -> None:
    """A day that can be known; somebody else fills the gap, until a day after the last one."""
    if departure.last_on > add_months(today(), 12):
        raise RuleViolation("departure.last_on", _("The day lies more than a year ahead."))
    if departure.stop_gap_id == departure.staff_id:
        raise RuleViolation("departure.stop_gap", _("Somebody else fills the gap."))
    if (departure.stop_gap_id is None) != (departure.stop_gap_until is None):
        raise RuleViolation("departure.stop_gap_until", _("Say who fills the gap, and until when."))
    if departure.stop_gap_until and departure.stop_gap_until <= departure.last_on:
        raise RuleViolation("departure.stop_gap_until", _("The gap is filled until a day after the last day."))
