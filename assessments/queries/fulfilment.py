"""Fulfilment of a unit by today or an earlier day: told by what it consists of, and where the year will end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from assessments.forecast import Forecast, Point, foretell, needed_a_week, wanted_numerator
from assessments.models import Target
from assessments.queries.figures import Key, Targets
from assessments.queries.units import Selection, Unit
from contracts.queries.fulfilment import STEP, By, Promises, Tally, tallies
from residents.categories import ALL
from service_packages.models import Item, PackageVersion
from teams.models import Division, Team

MEASURED = "item_completion"


@dataclass(frozen=True)
class Outlook:
    """What will be met of the year's promises at the present pace, and what a target asks of each week left."""

    promises: Promises
    tally: Tally
    target: Target | None

    @property
    def forecast(self) -> Forecast | None:
        """Services at the year's end; None with nothing promised, or when fewer than three steps tell the pace."""
        day, tally = self.promises.day, self.tally
        before = [
            Point(day - step * STEP, met, tally.promised)
            for step, met in reversed(list(enumerate(tally.met_before, start=1)))
        ]
        # Before the first service of the year there was no pace.
        first = next((place for place, point in enumerate(before) if point.numerator), len(before))
        points = [*before[max(first - 1, 0) :], Point(day, tally.met, tally.promised)]
        return foretell(points, self.promises.year_end) if tally.promised else None

    @property
    def wanted(self) -> int | None:
        """The services at the year's end that reach the target."""
        if self.target is None:
            return None
        if self.target.count is not None:
            return self.target.count
        return wanted_numerator(Fraction(self.target.rate or 0), self.tally.promised)

    @property
    def needed_a_week(self) -> int | None:
        """Services a week until the year's end; None without a target, or without a week left."""
        if self.wanted is None:
            return None
        return needed_a_week(self.tally.met, self.wanted, self.promises.day, self.promises.year_end)


@dataclass(frozen=True)
class Part:
    """A unit, village, package, item or key population with its counts."""

    key: Any
    name: str
    tally: Tally
    query: Mapping[str, str]


def promises_of(selection: Selection, day: date, *, village: Division | None = None) -> Promises:
    """Of a team what it signed; of an institution what its residents are promised (docs/rules.md 4)."""
    unit, category = selection.unit, "" if selection.category == ALL else selection.category
    place = village.pk if village else None
    if unit.team:
        return Promises(day, teams=(unit.team.pk,), village=place, category=category)
    below = frozenset(selection.tree.subtree(unit.institution))
    return Promises(day, institutions=below, village=place, category=category)


def outlook(selection: Selection, promises: Promises, tally: Tally) -> Outlook:
    """The counts with the target that the unit is held to."""
    target = Targets(promises.day.year).of(selection.unit, Key(MEASURED, selection.category))
    return Outlook(promises, tally, target)


def parts(selection: Selection, promises: Promises, by: By) -> list[Part]:
    """What the unit's counts consist of, by code. At most six queries, however many there are."""
    found = tallies(promises, by)
    if by is By.INSTITUTION:
        return _institutions(selection, found)
    named = _NAMED[by](selection, [key for key in found if key is not None])
    return [Part(key, name, found[key], query) for key, name, query in named if key in found]


def _institutions(selection: Selection, found: Mapping[int, Tally]) -> list[Part]:
    """Those right below with everything below them, and what the institution manages itself."""
    here = selection.unit.institution
    units = [(Unit(row), selection.tree.subtree(row)) for row in selection.tree.below.get(here.pk, [])]
    units += [(Unit(here), {here.pk})] if here.pk in found else []
    return [
        Part(unit.key, unit.name, sum((found[key] for key in ids if key in found), Tally()), unit.query)
        for unit, ids in units
        if ids & found.keys()
    ]


Named = list[tuple[Any, str, dict[str, str]]]


def _teams(selection: Selection, keys: Sequence[int]) -> Named:
    seen = set(Team.objects.visible_to(selection.user).filter(pk__in=keys).values_list("pk", flat=True))
    rows = Team.objects.filter(pk__in=keys).order_by("code")
    return [(row.pk, row.name, {"team": row.code} if row.pk in seen else {}) for row in rows]


def _villages(_selection: Selection, keys: Sequence[int]) -> Named:
    rows = Division.objects.filter(pk__in=keys).order_by("code")
    return [*((row.pk, row.name, {"village": row.code}) for row in rows), (None, "", {})]


def _packages(_selection: Selection, keys: Sequence[int]) -> Named:
    rows = PackageVersion.objects.filter(pk__in=keys).order_by("package__code", "number")
    return [(row.pk, f"{row.name} v{row.number}", {}) for row in rows]


def _items(_selection: Selection, keys: Sequence[int]) -> Named:
    return [(row.pk, row.name, {}) for row in Item.objects.filter(pk__in=keys).order_by("code")]


def _categories(selection: Selection, _keys: Sequence[str]) -> Named:
    return [(code, name, {"category": code}) for code, name in selection.names.items()]


_NAMED: Mapping[By, Callable[[Selection, list[Any]], Named]] = {
    By.TEAM: _teams,
    By.VILLAGE: _villages,
    By.PACKAGE: _packages,
    By.ITEM: _items,
    By.CATEGORY: _categories,
}
