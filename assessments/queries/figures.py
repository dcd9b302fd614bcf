"""The one door for figures: counts of units, months, indicators and categories, and the targets they are held to."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q

from assessments.indicators import BY_CODE, Indicator
from assessments.models import Figure, Population, Revision, Target
from assessments.queries.units import Unit
from teams.models import Institution
from teams.rates import rate

UnitKey = tuple[int, int]


class Key(NamedTuple):
    """An indicator for a category."""

    indicator: str
    category: str = "all"


class Count(NamedTuple):
    """A figure: two whole numbers, and the rate derived from them with one place (None: no figure)."""

    key: Key
    numerator: int
    denominator: int

    @property
    def indicator(self) -> Indicator:
        return BY_CODE[self.key.indicator]

    def rate(self, places: int = 1) -> Decimal | None:
        return rate(self.numerator, self.denominator, self.indicator.unit, places)


def counts_of_months(unit: Unit, revisions: Sequence[int], keys: Iterable[Key]) -> dict[int, dict[Key, Count]]:
    """Revision id -> key -> count, for one unit."""
    institution, team = unit.key
    rows = Figure.objects.filter(_any_of(keys), revision__in=revisions, institution=institution, team_key=team)
    found: dict[int, dict[Key, Count]] = {}
    for revision, indicator, category, numerator, denominator in rows.values_list(
        "revision_id", "indicator", "category", "numerator", "denominator"
    ):
        key = Key(indicator, category)
        found.setdefault(revision, {})[key] = Count(key, numerator, denominator)
    return found


def counts_in(revision: Revision, unit: Unit, **only: str) -> dict[Key, Count]:
    """Key -> count of one unit, wherever it stood in the revision; `only` an indicator, a category."""
    institution, team = unit.key_in(revision)
    rows = Figure.objects.filter(revision=revision, institution=institution, team_key=team, **only)
    found = (
        Count(Key(indicator, category), numerator, denominator)
        for indicator, category, numerator, denominator in rows.values_list(
            "indicator", "category", "numerator", "denominator"
        )
    )
    return {count.key: count for count in found}


def counts_of_units(
    units: Sequence[Unit], revisions: Sequence[int], keys: Iterable[Key]
) -> dict[tuple[int, UnitKey], dict[Key, Count]]:
    """(revision id, unit key) -> key -> count, for several units of one kind at once."""
    wanted = {unit.key for unit in units}
    rows = Figure.objects.filter(
        _any_of(keys),
        revision__in=revisions,
        institution__in={institution for institution, _team in wanted},
        team_key__in={team for _institution, team in wanted},
    ).values_list("revision_id", "institution_id", "team_key", "indicator", "category", "numerator", "denominator")
    found: dict[tuple[int, UnitKey], dict[Key, Count]] = {}
    for revision, institution, team, indicator, category, numerator, denominator in rows:
        if (institution, team) in wanted:
            key = Key(indicator, category)
            found.setdefault((revision, (institution, team)), {})[key] = Count(key, numerator, denominator)
    return found


def _any_of(keys: Iterable[Key]) -> Q:
    categories: dict[str, set[str]] = {}
    for key in keys:
        categories.setdefault(key.indicator, set()).add(key.category)
    return reduce(or_, (Q(indicator=code, category__in=those) for code, those in categories.items()))


class Targets:
    """The targets of a year; the nearest one holds: the institution's own, then urban or rural, then everywhere.

    A head count is a task of its whole scope: everybody's is the bureau's, and no unit has all of urban or rural.
    """

    def __init__(self, year: int) -> None:
        self.rows: dict[tuple[str, str, str, int | None], Target] = {
            (row.indicator, row.category, row.scope, row.institution_id): row
            for row in Target.objects.filter(year=year).select_related("institution")
        }

    def of(self, unit: Unit, key: Key) -> Target | None:
        """The target of a unit's figure; a team is held to its institution's rate."""
        institution = unit.institution
        places = (("institution", institution.pk), (institution.setting, None), ("all", None))
        for scope, place in places:
            row = self.rows.get((key.indicator, key.category, scope, place))
            if row and (row.count is None or _is_task_of(unit, row)):
                return row
        return None


def _is_task_of(unit: Unit, target: Target) -> bool:
    if unit.team or target.scope in (Target.Scope.URBAN, Target.Scope.RURAL):
        return False
    return target.scope == Target.Scope.INSTITUTION or unit.institution.kind == Institution.Kind.BUREAU


def is_met(count: Count, target: Target) -> bool | None:
    """Whether the figure reaches its target, compared exactly on the counts; None without a figure."""
    if target.count is not None:
        reached, wanted = count.numerator, Decimal(target.count)
    elif count.denominator == 0 or target.rate is None:
        return None
    else:
        reached, wanted = count.numerator * 100, target.rate * count.denominator
    return reached >= wanted if count.indicator.higher_is_better else reached <= wanted


def goal_of(target: Target | None, count: Count | None) -> Decimal | None:
    """Where a target lies on the scale of its figure's rate: a head count on the figure's denominator."""
    if target is None or target.count is None:
        return target.rate if target else None
    return rate(target.count, count.denominator, count.indicator.unit) if count else None


def official_population(unit: Unit, year: int, category: str) -> int | None:
    """The resident population that the bureau entered for the institution and year, if any; a team has none."""
    if unit.team:
        return None
    rows = Population.objects.filter(institution=unit.institution, year=year, category=category)
    return rows.values_list("count", flat=True).first()
