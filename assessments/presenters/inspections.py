"""What pages of rounds and inspections show."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from assessments.calendar import CalendarMonth
from assessments.forms.inspections import AnswerForm
from assessments.models import InspectionRound, InspectionTeam
from assessments.queries.inspections import Line
from teams.clock import today
from teams.models import Team

ROUND_TONES = {"planned": "info", "running": "warn", "closed": "good"}
OUTCOME_TONES = {"in_order": "good", "fault": "bad", "not_applicable": "grey"}


def number(text: str) -> int:
    """An id out of an address; 0 for what is none."""
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def next_month() -> str:
    """The month whose round is opened next: this one, or the one after the last."""
    last = InspectionRound.objects.order_by("-first_on").values_list("first_on", flat=True).first()
    this = CalendarMonth.of(today())
    after = CalendarMonth.of(last).plus(1) if last else this
    return str(max(this, after, key=str))


def round_row(row: InspectionRound, counts: Mapping[str, int]) -> dict[str, Any]:
    """A line of the list of rounds."""
    return {"round": row, "tone": ROUND_TONES[row.status], "counts": counts or {"found": 0, "left": 0, "overdue": 0}}


def team_initial(team: InspectionTeam | None) -> dict[str, Any]:
    """What the form of a team holds before anything was typed."""
    if team is None:
        return {"is_active": True}
    fields = ("pk", "number", "name", "members", "is_active")
    return {name: getattr(team, name) for name in fields}


def sections(
    lines: Iterable[Line], teams: QuerySet[Team], wrong: tuple[int, AnswerForm] | None, *, may_edit: bool
) -> list[dict[str, Any]]:
    """The sheet's sections with their lines; each line that may be answered has its form."""
    found: list[dict[str, Any]] = []
    choices = list(teams)
    for line in lines:
        if not found or found[-1]["name"] != line.item.section:
            found.append({"name": line.item.section, "lines": []})
        is_wrong = wrong is not None and wrong[0] == line.item.pk
        found[-1]["lines"].append(
            {
                "item": line.item,
                "answer": line.answer,
                "tone": OUTCOME_TONES.get(line.answer.outcome, "") if line.answer else "",
                "finding": line.finding,
                "proofs": line.proofs,
                "form": wrong[1] if wrong and is_wrong else None,
                "teams": choices if may_edit else [],
                "is_open": is_wrong,
            }
        )
    return found
