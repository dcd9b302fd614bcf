"""The people behind a figure: the same rows, conditions and units that made the count."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import BooleanField, ExpressionWrapper, Min, Q, QuerySet
from django.db.models.expressions import Combinable, RawSQL

from assessments.indicators import Indicator, Rows, TeamRule
from assessments.models import AnswerMonth, CoverageMonth, Places, ResidentMonth, Revision
from assessments.models.months import MonthRowQuerySet
from assessments.queries.figures import Count, Key, counts_in
from assessments.queries.places import places_of
from assessments.queries.units import Selection, Unit
from residents.categories import ALL, KEY
from teams.clock import today
from teams.kept import kept
from teams.memory import once_a_request


class Part(StrEnum):
    """Which of a figure's people: counted above the line, below it, or below and not above."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    GAP = "gap"


def has_people(selection: Selection, indicator: Indicator) -> bool:
    """Whether the figure opens to a list; months computed before answers were among their rows have none of those."""
    revision = selection.revision
    return revision is None or revision.has_answers or indicator.rows in (Rows.RESIDENT, Rows.COVERAGE)


def rows_of(indicator: Indicator) -> MonthRowQuerySet:
    """The rows of months that the indicator counts."""
    if indicator.rows is Rows.RESIDENT:
        return ResidentMonth.objects.all()
    if indicator.rows is Rows.COVERAGE:
        return CoverageMonth.objects.all()
    return AnswerMonth.objects.filter(kind=indicator.rows.value)


def people(selection: Selection, indicator: Indicator, part: Part) -> QuerySet[Any]:
    """Rows of the figure (`rows_of`): a person, coverage, answer or call each, in a stable order; who isn't named comes
    last, so that no place among the others tells of them.

    For counts of obligations, packages and visits a row stands for all of a coverage's.
    """
    mask = mask_of(selection)
    rows: QuerySet[Any] = rows_of(indicator).visible_to(selection.user).filter(revision=selection.revision)
    covering = covering_team(selection, indicator)
    rows = rows.filter(in_unit(selection.unit, selection.tree.places, served=covering is not None))
    if mask:
        rows = rows.extra(where=[f"(categories & {mask}) <> 0"])
    rows = rows.filter(_condition(selection, indicator, part))
    return rows.order_by("institution_id", *(["resident_id"] if rows.model is AnswerMonth else []), rows.model.KEY)


def covering_team(selection: Selection, indicator: Indicator) -> int | None:
    """The team whose villages make the denominator, when the unit is a team and the figure is one of those."""
    team = selection.unit.team
    return team.pk if team and indicator.team is TeamRule.SERVED else None


def figure_count(selection: Selection, indicator: Indicator) -> Count:
    """The figure that the lists make up."""
    key = Key(indicator.code, selection.category)
    assert selection.revision is not None
    return counts_in(selection.revision, selection.unit, **key._asdict()).get(key, Count(key, 0, 0))


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


def in_unit(unit: Unit, places: Places, *, served: bool) -> Q:
    """Rows of the unit where it stood; `served`: those who lived in the villages of a team."""
    if unit.team is None:
        return Q(institution__in=places.subtree(unit.institution.pk))
    # No village has the id 0: Django writes no SQL for an empty list.
    return Q(village__in=places.villages_of(unit.team.pk) or [0]) if served else Q(team=unit.team)


def households(selection: Selection, indicator: Indicator, revision: Revision | None) -> tuple[Q, Q] | None:
    """Of a team's households, which are counted over its villages: the rows on which they count, and of those the ones
    that it covers a member of; None where the rows themselves tell."""
    team = selection.unit.team
    if team is None or revision is None or indicator.code != "household_coverage":
        return None
    first = _first_members(revision, selection.unit)
    return _is_one_of(first), _is_one_of(resident for resident, is_covered in first.items() if is_covered)


def _is_one_of(residents: Iterable[int]) -> Q:
    """An array of thousands is written and planned at once, a list one by one."""
    ids = ",".join(map(str, residents))
    return Q(RawSQL("resident_id = any(%s::bigint[])", [f"{{{ids}}}"], output_field=BooleanField()))


@once_a_request
def _first_members(revision: Revision, unit: Unit) -> dict[int, bool]:
    """Resident id of the first member of each household in a team's villages -> whether the team covers any of them."""
    of_team = in_unit(unit, places_of(revision), served=True)
    members = ResidentMonth.objects.filter(of_team, revision=revision, in_population=True, household__isnull=False)
    covered = BoolOr(Q(covered=True, team=unit.team), default=False)
    found = members.order_by().values("household").annotate(first=Min("resident_id"), is_covered=covered)
    return dict(found.values_list("first", "is_covered"))


def _condition(selection: Selection, indicator: Indicator, part: Part) -> Q | RawSQL:
    """Whether a row is in the list: the measures' own SQL, so that what counts a row lists it."""
    if of_team := households(selection, indicator, selection.revision):
        counting, covered = of_team
        return {Part.NUMERATOR: counting & covered, Part.DENOMINATOR: counting, Part.GAP: counting & ~covered}[part]
    return RawSQL(_sql(selection, indicator, part), (), output_field=BooleanField())


def _sql(selection: Selection, indicator: Indicator, part: Part) -> str:
    register = mask_of(selection) if indicator.by_register else 0
    covering = covering_team(selection, indicator)
    numerator, denominator = indicator.numerator.where(register), indicator.denominator.where(register)
    if covering is not None:
        numerator = f"({numerator}) and team_id = {int(covering)}"
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


def counted(selection: Selection, indicator: Indicator) -> Combinable:
    """Whether a row of the denominator is in the numerator too."""
    if of_team := households(selection, indicator, selection.revision):
        return ExpressionWrapper(of_team[1], BooleanField())
    sql = f"coalesce({_sql(selection, indicator, Part.NUMERATOR)}, false)"
    return RawSQL(sql, (), output_field=BooleanField())
