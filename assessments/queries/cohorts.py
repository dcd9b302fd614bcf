"""Cohorts of units: how many signed in a month, and of them kept, served and renewed after 3, 6 and 12 months."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, QuerySet

from assessments.calendar import CalendarMonth
from assessments.models import CohortRow
from assessments.queries.people import Part
from assessments.queries.units import Selection, Unit
from teams.kept import kept

AFTER = (3, 6, 12)


class Outcome(StrEnum):
    """What is asked of those who signed."""

    KEPT = "kept"
    SERVED = "served"
    RENEWED = "renewed"


OUTCOMES = tuple((outcome, months) for outcome in Outcome for months in AFTER)


@dataclass
class Cohort:
    """Those who signed: how many, and for each outcome (how many, of how many whose day has come)."""

    signed: int = 0
    outcomes: dict[tuple[Outcome, int], tuple[int, int]] = field(default_factory=dict)

    def add(self, other: "Cohort") -> None:
        """Count others in."""
        self.signed += other.signed
        for key, (above, below) in other.outcomes.items():
            own = self.outcomes.get(key, (0, 0))
            self.outcomes[key] = own[0] + above, own[1] + below


Cohorts = Mapping[tuple[int, int], Mapping[CalendarMonth, Cohort]]


def counted_on() -> tuple[date, Any] | None:
    """The day as of which cohorts were counted, and when that was; None before the first time."""
    return CohortRow.objects.values_list("day", "counted_at").first()


def cohorts(selection: Selection) -> Cohorts:
    """(institution id, team id) of each team of the selected unit -> month of signing -> cohort.

    Grouped once for each count of the district, unit and scope: what happens since shows after the next one.
    """
    counts: dict[str, Count] = {}
    for outcome, after in OUTCOMES:
        name = _column(outcome, after)
        counts |= {f"{name}_above": Count("pk", filter=Q(**{name: True})), f"{name}_below": Count(name)}
    rows = _of_unit(CohortRow.objects.counted_for(selection.user), selection)
    grouped = rows.values("team__institution_id", "team_id", "first_on").annotate(signed=Count("pk"), **counts)
    asked = grouped.order_by().values_list("team__institution_id", "team_id", "first_on", "signed", *counts)

    def count() -> list[tuple[Any, ...]]:
        return [(place, team, first.isoformat(), *numbers) for place, team, first, *numbers in _tuples(asked)]

    found: dict[tuple[int, int], dict[CalendarMonth, Cohort]] = {}
    for place, team, first, signed, *numbers in kept("cohorts", counted_on(), str(asked.query), count=count):
        outcomes = dict(zip(OUTCOMES, zip(numbers[::2], numbers[1::2], strict=True), strict=True))
        found.setdefault((place, team), {})[CalendarMonth.of(date.fromisoformat(first))] = Cohort(signed, outcomes)
    return found


def by_month(found: Cohorts) -> dict[CalendarMonth, Cohort]:
    """All teams together, the latest month first."""
    together: dict[CalendarMonth, Cohort] = {}
    for months in found.values():
        for month, cohort in months.items():
            together.setdefault(month, Cohort()).add(cohort)
    return dict(sorted(together.items(), reverse=True))


def of_units(found: Cohorts, units: Sequence[Unit], selection: Selection) -> list[tuple[Unit, Cohort]]:
    """Each unit below with all of its cohorts together; units where nobody signed are left out."""
    together = []
    for unit in units:
        places = selection.tree.subtree(unit.institution)
        own = Cohort()
        for (institution, team), months in found.items():
            if (team == unit.team.pk) if unit.team else (institution in places):
                _add_all(own, months.values())
        if own.signed:
            together.append((unit, own))
    return together


def cohort_people(
    selection: Selection, month: CalendarMonth, outcome: Outcome, after: int, part: Part
) -> QuerySet[CohortRow]:
    """The rows that a cell counts, in a stable order: those of whom it is true, all whose day has come, or the rest."""
    name = _column(outcome, after)
    wanted: Mapping[Part, Mapping[str, bool]] = {
        Part.NUMERATOR: {name: True},
        Part.DENOMINATOR: {f"{name}__isnull": False},
        Part.GAP: {name: False},
    }
    rows = _of_unit(CohortRow.objects.visible_to(selection.user), selection)
    return rows.filter(first_on=month.first, **wanted[part]).order_by("team_id", "coverage_id")


def _column(outcome: Outcome, after: int) -> str:
    return f"{outcome}_{after}"


def _tuples(rows: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
    """The same, whose columns have names that are put together."""
    return rows


def _of_unit(rows: QuerySet[CohortRow], selection: Selection) -> QuerySet[CohortRow]:
    team = selection.unit.team
    if team:
        return rows.filter(team=team)
    return rows.filter(team__institution__in=sorted(selection.tree.subtree(selection.unit.institution)))


def _add_all(cohort: Cohort, others: Iterable[Cohort]) -> None:
    for other in others:
        cohort.add(other)
