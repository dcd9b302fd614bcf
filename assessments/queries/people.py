"""The people behind a figure: the same rows, conditions and units that made the count."""

from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from assessments.indicators import Indicator, Rows, TeamRule
from assessments.models import CoverageMonth, Figure, ResidentMonth
from assessments.queries.figures import Count, Key
from assessments.queries.units import Selection
from residents.categories import ALL, KEY
from teams.clock import today
from teams.kept import kept
from teams.models import TeamVillage


class Part(StrEnum):
    """Which of a figure's people: counted above the line, below it, or below and not above."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    GAP = "gap"


def has_people(selection: Selection, indicator: Indicator) -> bool:
    """Whether the figure opens to a list. Answers and calls are listed with their surveys; a team's households are
    counted over villages, not on rows."""
    if indicator.rows not in (Rows.RESIDENT, Rows.COVERAGE):
        return False
    return not (selection.unit.team and indicator.code == "household_coverage")


def people(selection: Selection, indicator: Indicator, part: Part) -> QuerySet[Any]:
    """Rows of the figure (`ResidentMonth` or `CoverageMonth`), a person or coverage each, in a stable order.

    For counts of obligations, packages and visits a row stands for all of a coverage's.
    """
    model = ResidentMonth if indicator.rows is Rows.RESIDENT else CoverageMonth
    mask = mask_of(selection)
    register = mask if indicator.by_register else 0
    rows = model.objects.visible_to(selection.user).filter(revision=selection.revision)
    covering = covering_team(selection, indicator)
    rows = rows.filter(in_unit(selection, served=covering is not None))
    conditions = [_condition(indicator, part, register, covering)]
    if mask:
        conditions.append(f"(categories & {mask}) <> 0")
    # The measures' own SQL: what counts a row lists it.
    return rows.extra(where=conditions).order_by(
        "institution_id", "resident_id" if model is ResidentMonth else "coverage_id"
    )


def covering_team(selection: Selection, indicator: Indicator) -> int | None:
    """The team whose villages make the denominator, when the unit is a team and the figure is one of those."""
    team = selection.unit.team
    return team.pk if team and indicator.team is TeamRule.SERVED else None


def figure_count(selection: Selection, indicator: Indicator) -> Count:
    """The figure that the lists make up."""
    institution, team = selection.unit.key
    rows = Figure.objects.visible_to(selection.user).filter(
        revision=selection.revision,
        institution=institution,
        team_key=team,
        category=selection.category,
        indicator=indicator.code,
    )
    numerator, denominator = rows.values_list("numerator", "denominator").first() or (0, 0)
    return Count(Key(indicator.code, selection.category), numerator, denominator)


def number_of_rows(count: Count, indicator: Indicator, part: Part) -> int | None:
    """How many rows a list has, when the figure itself tells; sums over contracts don't."""
    if indicator.numerator.column:
        return None
    gap = count.denominator - count.numerator
    return {Part.NUMERATOR: count.numerator, Part.DENOMINATOR: count.denominator, Part.GAP: gap}[part]


def rows_in_all(selection: Selection, indicator: Indicator, part: Part, count: Count) -> int:
    """How many rows a list has for whoever sees the whole district: as the figure tells, else counted once."""
    told, revision = number_of_rows(count, indicator, part), selection.revision
    if told is not None or revision is None:
        return told or 0
    counted_from = (revision.pk, revision.finished_at, today(), count.key, part.value, selection.unit.key)
    rows: int = kept("rows", *counted_from, count=people(selection, indicator, part).count)
    return rows


def in_unit(selection: Selection, *, served: bool) -> Q:
    team = selection.unit.team
    if team is None:
        return Q(institution__in=selection.tree.subtree(selection.unit.institution))
    if not served or selection.revision is None:
        return Q(team=team)
    return Q(village__in=TeamVillage.objects.on(selection.revision.as_of).filter(team=team).values("village"))


def _condition(indicator: Indicator, part: Part, register: int, covering_team: int | None) -> str:
    numerator, denominator = indicator.numerator.where(register), indicator.denominator.where(register)
    if covering_team is not None:
        numerator = f"({numerator}) and team_id = {int(covering_team)}"
    if part is Part.NUMERATOR:
        return f"({denominator}) and ({numerator})"
    if part is Part.DENOMINATOR:
        return f"({denominator})"
    if indicator.numerator.column:
        return f"{indicator.denominator.column} > {indicator.numerator.column}"
    return f"({denominator}) and ({numerator}) is not true"


def mask_of(selection: Selection) -> int:
    if selection.category == ALL:
        return 0
    known = {row.code: row.mask for row in selection.categories}
    return sum(known.values()) if selection.category == KEY else known[selection.category]


def counted_sql(selection: Selection, indicator: Indicator) -> str:
    """SQL: whether a row of the denominator is in the numerator too."""
    register = mask_of(selection) if indicator.by_register else 0
    covering = covering_team(selection, indicator)
    return f"coalesce({_condition(indicator, Part.NUMERATOR, register, covering)}, false)"
