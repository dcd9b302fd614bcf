"""Cohorts of units: how many signed in a month, and of them kept, served and renewed after 3, 6 and 12 months."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, cast

from django.db.models import Count, Q, QuerySet

from assessments.calendar import CalendarMonth
from assessments.models import CohortRow
from assessments.queries.people import Part
from assessments.queries.units import Selection, Unit
from teams.kept import kept
from teams.models import Team

AFTER = (3, 6, 12)
KEPT_SECONDS = 2 * 24 * 3600  # they are counted every night, not always at the same minute


class Outcome(StrEnum):
    """What is asked of those who signed."""

    KEPT = "kept"
    SERVED = "served"
    RENEWED = "renewed"


OUTCOMES = tuple((outcome, months) for outcome in Outcome for months in AFTER)


@dataclass(frozen=True)
class Cohort:
    """Those who signed: how many, and `counts` of each outcome in turn: how many, of how many whose day has come."""

    signed: int = 0
    counts: tuple[int, ...] = (0,) * 2 * len(OUTCOMES)

    @property
    def outcomes(self) -> Mapping[tuple[Outcome, int], tuple[int, int]]:
        """Outcome and months after signing -> (how many, of how many whose day has come)."""
        return dict(zip(OUTCOMES, zip(self.counts[::2], self.counts[1::2], strict=True), strict=True))


Cohorts = Mapping[tuple[int, int], Mapping[CalendarMonth, Cohort]]


def counted_on() -> tuple[date, Any] | None:
    """The day as of which cohorts were counted, and when that was; None before the first time."""
    return CohortRow.objects.values_list("day", "counted_at").first()


def cohorts(selection: Selection) -> Cohorts:
    """(institution id, team id) of each team of the selected unit -> month of signing -> cohort.

    The district is grouped once for each count: what happens since shows after the next one.
    """
    places = dict(_teams(selection).values_list("pk", "institution_id"))
    rows = [row for row in grouped() if row[0] in places]
    months = {first: CalendarMonth.of(date.fromisoformat(first)) for first in {row[1] for row in rows}}
    found: dict[tuple[int, int], dict[CalendarMonth, Cohort]] = {}
    for team, first, signed, *counts in rows:
        found.setdefault((places[team], team), {})[months[first]] = Cohort(signed, tuple(counts))
    return found


def grouped() -> list[tuple[Any, ...]]:
    """Team id, month of signing, how many signed, and of each outcome how many of how many: of the whole district."""
    return cast(list[tuple[Any, ...]], kept("cohorts", counted_on(), count=_count, seconds=KEPT_SECONDS))


def _count() -> list[tuple[Any, ...]]:
    counts: dict[str, Count] = {}
    for outcome, after in OUTCOMES:
        name = _column(outcome, after)
        counts |= {f"{name}_above": Count("pk", filter=Q(**{name: True})), f"{name}_below": Count(name)}
    rows = CohortRow.objects.values("team_id", "first_on").annotate(signed=Count("pk"), **counts).order_by()
    return [
        (team, first.isoformat(), *numbers)
        for team, first, *numbers in _tuples(rows.values_list("team_id", "first_on", "signed", *counts))
    ]


def together(cohorts: Sequence[Cohort]) -> Cohort:
    """All of them as one."""
    if not cohorts:
        return Cohort()
    columns = zip(*(each.counts for each in cohorts), strict=True)
    return Cohort(sum(each.signed for each in cohorts), tuple(map(sum, columns)))


def by_month(found: Cohorts) -> dict[CalendarMonth, Cohort]:
    """All teams together, the latest month first."""
    signed_in: dict[CalendarMonth, list[Cohort]] = {}
    for months in found.values():
        for month, cohort in months.items():
            signed_in.setdefault(month, []).append(cohort)
    return {month: together(signed_in[month]) for month in sorted(signed_in, reverse=True)}


def of_units(found: Cohorts, units: Sequence[Unit], selection: Selection) -> list[tuple[Unit, Cohort]]:
    """Each unit below with all of its cohorts together; units where nobody signed are left out."""
    counted = []
    for unit in units:
        places = selection.tree.subtree(unit.institution)
        own = [
            months.values()
            for (institution, team), months in found.items()
            if ((team == unit.team.pk) if unit.team else (institution in places))
        ]
        counted.append((unit, together([cohort for months in own for cohort in months])))
    return [(unit, cohort) for unit, cohort in counted if cohort.signed]


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
    rows = CohortRow.objects.visible_to(selection.user).filter(team__in=_teams(selection))
    rows = rows.filter(first_on=month.first, **wanted[part]).select_related("resident__village", "team", "coverage")
    return rows.order_by("team_id", "coverage_id")


def _column(outcome: Outcome, after: int) -> str:
    return f"{outcome}_{after}"


def _tuples(rows: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
    """The same, whose columns have names that are put together."""
    return rows


def _teams(selection: Selection) -> QuerySet[Team]:
    rows, unit = Team.objects.visible_to(selection.user), selection.unit
    if unit.team:
        return rows.filter(pk=unit.team.pk)
    return rows.filter(institution__in=sorted(selection.tree.subtree(unit.institution)))
