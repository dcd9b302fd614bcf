"""What pages and files of rectification show."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from assessments.models import Finding
from assessments.rules.findings import State, overdue_days

TONES = {
    State.FOUND: "info",
    State.ASSIGNED: "warn",
    State.DONE: "info",
    State.REVIEWED: "good",
    State.CLOSED: "good",
    State.WITHDRAWN: "grey",
}


def state_text(state: str) -> str:
    """What a state is called; "closed" alone is a referral or a round."""
    return _("finding closed") if state == State.CLOSED else str(State(state).label)


def row(finding: Finding, day: date, escalates: date) -> dict[str, Any]:
    """A finding as lists and its page show it."""
    late = overdue_days(finding, day)
    return {
        "finding": finding,
        "tone": TONES[State(finding.state)],
        "state": state_text(finding.state),
        "overdue": late,
        "is_escalated": bool(late and finding.due_on and finding.due_on < escalates),
    }


def offered(finding: Finding, steps: Sequence[State]) -> list[dict[str, Any]]:
    """The steps as buttons, the one that is meant first; withdrawing never is."""
    names = {
        State.ASSIGNED: _("Hand down") if finding.state == State.FOUND else _("Send back: not mended"),
        State.DONE: _("Report it mended"),
        State.REVIEWED: _("Review passed"),
        State.CLOSED: _("Close the finding"),
        State.WITHDRAWN: _("Withdraw the finding"),
    }
    main = next((step for step in steps if step != State.WITHDRAWN), None)
    return [{"to": step.value, "name": names[step], "is_main": step == main} for step in steps]


def header() -> list[str]:
    """The file's heads."""
    return [
        _("Institution code"),
        _("Institution"),
        _("Team code"),
        _("Round"),
        _("Checklist"),
        _("Item"),
        _("What was found"),
        _("Points off"),
        _("State"),
        _("Found on"),
        _("To be mended by"),
        _("Mended on"),
        _("Closed on"),
        _("Times sent back"),
        _("Relapses"),
    ]


def lines(rows: Iterable[Finding]) -> Iterator[list[object]]:
    """The file's lines."""
    for finding in rows:
        yield [
            finding.institution.code,
            finding.institution.name,
            finding.team.code if finding.team else "",
            f"{finding.inspection.round.first_on:%Y-%m}",
            finding.item.checklist.name,
            finding.item.text,
            finding.text,
            finding.deduction,
            state_text(finding.state),
            finding.found_on,
            finding.due_on,
            finding.done_on,
            finding.closed_on,
            finding.rejections,
            finding.relapses,
        ]
