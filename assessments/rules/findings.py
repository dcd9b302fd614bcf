"""How a finding moves from found to closed, who takes each step, and when it is overdue (docs/inspections.md)."""

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Finding, Inspection
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation

State = Finding.State


class Side(StrEnum):
    """Whose step it is."""

    BUREAU = "bureau"
    INSTITUTION = "institution"


class Step(NamedTuple):
    """A step's end state and who takes it."""

    to: State
    side: Side


MOVES: dict[str, tuple[Step, ...]] = {
    State.FOUND: (Step(State.ASSIGNED, Side.BUREAU), Step(State.WITHDRAWN, Side.BUREAU)),
    State.ASSIGNED: (Step(State.DONE, Side.INSTITUTION), Step(State.WITHDRAWN, Side.BUREAU)),
    # Back to `assigned` is a rejection: once more, with another day.
    State.DONE: (Step(State.REVIEWED, Side.BUREAU), Step(State.ASSIGNED, Side.BUREAU)),
    State.REVIEWED: (Step(State.CLOSED, Side.BUREAU), Step(State.ASSIGNED, Side.BUREAU)),
}
RIGHTS = {Side.BUREAU: Permission.SUPERVISION_EDIT, Side.INSTITUTION: Permission.RECTIFICATION_EDIT}


def steps_of(finding: Finding, by: User | SystemAccount) -> list[State]:
    """The states to which the account may take the finding now."""
    return [step.to for step in MOVES.get(finding.state, ()) if has_permission(by, RIGHTS[step.side])]


def check_can_move(finding: Finding, to: State, by: User | SystemAccount) -> None:
    """From the present state, by the side whose step it is. Raises RuleViolation: finding.moved, .not_yours."""
    step = next((step for step in MOVES.get(finding.state, ()) if step.to == to), None)
    if step is None:
        last = finding.steps.last()
        message = _("{who} changed this finding on {day}: it is “{state}” now. Load the page again.")
        raise RuleViolation(
            "finding.moved",
            format_lazy(
                message,
                who=last.by if last else "",
                day=last.on if last else finding.found_on,
                state=finding.get_state_display(),
            ),
        )
    if not has_permission(by, RIGHTS[step.side]):
        raise RuleViolation("finding.not_yours", _("This step is not yours to take."))


def check_due(due_on: date | None, day: date) -> None:
    """What is to be mended has a day, and not one that is past. Raises RuleViolation `finding.due`."""
    if due_on is None or due_on < day:
        raise RuleViolation("finding.due", _("Say by which day it is to be mended; it must not be past."))


def check_is_over(inspection: Inspection) -> None:
    """Findings go down when the whole institution was looked at. Raises RuleViolation `finding.still_inspecting`."""
    if inspection.done_on is None:
        raise RuleViolation("finding.still_inspecting", _("End the inspection first."))


def check_words(note: str) -> None:
    """Raises RuleViolation `finding.no_words`."""
    if not note.strip():
        raise RuleViolation("finding.no_words", _("Write a few words on it."))


def overdue_days(finding: Finding, day: date) -> int:
    """How many days the finding is overdue; 0 when it isn't, or waits for the bureau."""
    is_waiting = finding.state == State.ASSIGNED and finding.due_on is not None
    return max(0, (day - finding.due_on).days) if is_waiting and finding.due_on else 0


def escalated_before(day: date, after_days: int) -> date:
    """Findings to be mended before this day are overdue for so long that the bureau's leaders are told
    (`rectification_escalates_days`)."""
    return day - timedelta(days=after_days)
