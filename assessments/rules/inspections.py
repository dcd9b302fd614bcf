"""When rounds may be planned, and inspections be made and ended."""

from datetime import date
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Answer, Checklist, Inspection, InspectionRound
from teams.clock import today
from teams.models import Institution, Team, User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation

Outcome = Answer.Outcome


def check_can_supervise(by: User | SystemAccount) -> None:
    """Raises RuleViolation `inspection.not_allowed`."""
    if not has_permission(by, Permission.SUPERVISION_EDIT):
        raise RuleViolation("inspection.not_allowed", _("Your account may not run inspections."))


def check_is_open(made: InspectionRound) -> None:
    """Raises RuleViolation `inspection.round_closed`."""
    if made.status == InspectionRound.Status.CLOSED:
        raise RuleViolation("inspection.round_closed", _("This round is closed."))


def check_can_plan(institution: Institution, checklist: Checklist | None) -> None:
    """An institution is inspected with the checklist of its kind. Raises RuleViolation `inspection.no_checklist`."""
    if checklist is None:
        message = _("There is no published checklist for {name}: publish one for its kind first.")
        raise RuleViolation("inspection.no_checklist", format_lazy(message, name=institution.name))


def check_can_inspect(inspection: Inspection) -> None:
    """Not after its end. Raises RuleViolation: inspection.done, .round_closed."""
    if inspection.done_on:
        message = _("This inspection was ended on {day}. Load the page again.")
        raise RuleViolation("inspection.done", format_lazy(message, day=inspection.done_on))
    check_is_open(inspection.round)


def check_fault(outcome: str, text: str, deduction: Decimal | None) -> None:
    """A fault is described, and takes off no less than nothing. Raises RuleViolation: inspection.no_words, .points."""
    if outcome != Outcome.FAULT:
        return
    if not text.strip():
        raise RuleViolation("inspection.no_words", _("Say what is wrong."))
    if deduction is None or not 0 <= deduction < 1000:
        raise RuleViolation("inspection.points", _("Points off are between 0 and 999.99."))


def check_team(institution: Institution, team: Team | None) -> None:
    """Raises RuleViolation `inspection.team`."""
    if team and team.institution_id != institution.pk:
        raise RuleViolation("inspection.team", _("The team belongs to another institution."))


def check_day(inspection: Inspection, on: date) -> None:
    """Neither before the round's month nor in the future. Raises RuleViolation: inspection.in_future, .before_round."""
    if on > today():
        raise RuleViolation("inspection.in_future", _("The day of the inspection lies in the future."))
    if on < inspection.round.first_on:
        message = _("The round begins on {day}: the inspection was not before it.")
        raise RuleViolation("inspection.before_round", format_lazy(message, day=inspection.round.first_on))


def check_can_finish(inspection: Inspection, unanswered: int) -> None:
    """Everything was looked at. Raises RuleViolation: inspection.done, .round_closed, .unanswered."""
    check_can_inspect(inspection)
    if unanswered:
        message = _("Items not answered yet: {count}.")
        raise RuleViolation("inspection.unanswered", format_lazy(message, count=unanswered))
