"""Who reports activities, who checks them, and when."""

from collections.abc import Mapping
from datetime import date

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Activity
from teams.clock import today
from teams.models import Institution, Team, User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation

State = Activity.State
MOST = 1_000_000
# From which state an activity goes on to which, and with which right.
MOVES: Mapping[str, Mapping[State, Permission]] = {
    State.REPORTED: {
        State.CONFIRMED: Permission.ASSESSMENT_REVIEW,
        State.RETURNED: Permission.ASSESSMENT_REVIEW,
        State.WITHDRAWN: Permission.ASSESSMENT_REPORT,
    },
    State.RETURNED: {
        State.REPORTED: Permission.ASSESSMENT_REPORT,
        State.WITHDRAWN: Permission.ASSESSMENT_REPORT,
    },
    # Something was overlooked: the institution mends it and it is checked once more.
    State.CONFIRMED: {State.RETURNED: Permission.ASSESSMENT_REVIEW},
}


def steps_of(activity: Activity, by: User | SystemAccount) -> list[State]:
    """The states to which the account may take it now."""
    return [to for to, right in MOVES.get(activity.state, {}).items() if has_permission(by, right)]


def check_can_report(institution: Institution, team: Team | None, by: User | SystemAccount) -> None:
    """Clerks, for the own institutions. Raises RuleViolation: activity.not_allowed, .outside, .team."""
    if not has_permission(by, Permission.ASSESSMENT_REPORT):
        raise RuleViolation("activity.not_allowed", _("Your account may not report activities."))
    if not by.scope.is_district and institution.pk not in (by.scope.institutions or ()):
        raise RuleViolation("activity.outside", _("The institution is not one of yours."))
    if team and team.institution_id != institution.pk:
        raise RuleViolation("activity.team", _("The team belongs to another institution."))


def check_days(began_on: date, ended_on: date) -> None:
    """What is over is reported. Raises RuleViolation: activity.order, .in_future."""
    if ended_on < began_on:
        raise RuleViolation("activity.order", _("It ends before it begins."))
    if ended_on > today():
        raise RuleViolation("activity.in_future", _("Report it when it is over."))


def check_figures(kind: str, figures: Mapping[str, int]) -> None:
    """Something was counted. Raises RuleViolation: activity.nothing, .too_many."""
    if not any(figures.values()) and kind != Activity.Kind.AWARD:
        raise RuleViolation("activity.nothing", _("Enter at least one figure."))
    if any(not 0 <= value <= MOST for value in figures.values()):
        raise RuleViolation("activity.too_many", format_lazy(_("A figure is larger than {most}."), most=MOST))


def check_can_move(activity: Activity, to: State, by: User | SystemAccount) -> None:
    """Raises RuleViolation: activity.moved, .not_yours."""
    right = MOVES.get(activity.state, {}).get(to)
    if right is None:
        message = _("Meanwhile it is “{state}” ({who}). Load the page again.")
        who = activity.checked_by or activity.reported_by
        raise RuleViolation("activity.moved", format_lazy(message, state=activity.get_state_display(), who=who))
    if not has_permission(by, right):
        raise RuleViolation("activity.not_yours", _("This step is not yours to take."))


def check_is_another(activity: Activity, by: User | SystemAccount) -> None:
    """Raises RuleViolation `activity.own`."""
    if activity.reported_by_id == by.pk:
        raise RuleViolation("activity.own", _("Somebody other than the person who reported it checks it."))


def check_words(note: str) -> None:
    """Raises RuleViolation `activity.no_words`."""
    if not note.strip():
        raise RuleViolation("activity.no_words", _("Say what is to be mended."))


def check_proof(count: int) -> None:
    """Raises RuleViolation `activity.no_proof`."""
    if not count:
        raise RuleViolation("activity.no_proof", _("Add a picture, a list or a certificate as proof."))
