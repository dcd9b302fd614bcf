"""Forecasts of a unit's figures, and of one figure for the units below it, from the months that were computed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from assessments.forecast import STEPS_AT_MOST, Forecast, Point, foretell, needed_a_week, wanted_numerator
from assessments.indicators import INDICATORS, Rows
from assessments.models import Target
from assessments.queries.figures import Count, Key, Targets, counts_of_months, counts_of_units
from assessments.queries.units import Selection, Unit
from residents.categories import ALL, KEY
from teams.rates import PERCENT

# These begin anew in January: a step across the turn of the year tells nothing of the pace.
OF_THE_YEAR = ("renewal", "item_completion", "item_on_time", "package_completion", "primary_share")


@dataclass(frozen=True)
class Outlook:
    """A unit's figure now, what it will be, the target it is held to, and the numerator that reaches the target."""

    unit: Unit
    now: Count
    forecast: Forecast | None
    target: Target | None
    day: date
    year_end: date

    @property
    def wanted(self) -> int | None:
        """The numerator at the year's end that reaches the target, on the expected denominator."""
        if self.target is None:
            return None
        if self.target.count is not None:
            return self.target.count
        assert self.target.rate is not None
        denominator = self.forecast.denominator if self.forecast else self.now.denominator
        better = self.now.indicator.higher_is_better
        return wanted_numerator(Fraction(self.target.rate), denominator, higher_is_better=better)

    @property
    def will_be_met(self) -> bool | None:
        """True or False when the whole range lies on one side of the target; None when it is open or not foretold."""
        if self.wanted is None or self.forecast is None:
            return None
        low, high = self.forecast.lowest, self.forecast.highest
        if self.now.indicator.higher_is_better:
            return True if low >= self.wanted else False if high < self.wanted else None
        return True if high <= self.wanted else False if low > self.wanted else None

    @property
    def needed_a_week(self) -> int | None:
        """People (services, packages) a week that are still needed, or fewer where lower is better; None without a
        target."""
        if self.wanted is None:
            return None
        lower, higher = self.now.numerator, self.wanted
        if not self.now.indicator.higher_is_better:
            lower, higher = higher, lower
        return needed_a_week(lower, higher, self.day, self.year_end)


def foretold_keys() -> list[Key]:
    """The figures that a page foretells: rates of people, contracts and services."""
    keys = []
    for indicator in INDICATORS:
        if indicator.rows in (Rows.RESIDENT, Rows.COVERAGE) and indicator.unit == PERCENT:
            keys += [Key(indicator.code, category) for category in indicator.categories or (ALL,)]
            keys += [Key(indicator.code, KEY)] if indicator.code == "coverage" else []
    return keys


def outlooks(selection: Selection) -> list[Outlook]:
    """The selected unit's figures, in the order of the indicators."""
    revisions = _revisions(selection)
    counts = counts_of_months(selection.unit, list(revisions), foretold_keys())
    return _outlooks(selection, [selection.unit], foretold_keys(), {selection.unit.key: counts}, revisions)


def outlooks_below(selection: Selection, units: Sequence[Unit], key: Key) -> list[Outlook]:
    """One figure for each of the units."""
    revisions = _revisions(selection)
    found = counts_of_units(units, list(revisions), [key])
    counts: dict[tuple[int, int], dict[int, dict[Key, Count]]] = {}
    for (revision, unit), rows in found.items():
        counts.setdefault(unit, {})[revision] = rows
    return _outlooks(selection, units, [key], counts, revisions)


def _revisions(selection: Selection) -> dict[int, date]:
    """Revision id -> its report date, of the shown month and those before it, in order of time."""
    shown = [row.current for row in selection.window(STEPS_AT_MOST + 1) if row]
    return {revision.pk: revision.as_of for revision in shown if revision}


def _outlooks(
    selection: Selection,
    units: Sequence[Unit],
    keys: Iterable[Key],
    counts: Mapping[tuple[int, int], Mapping[int, Mapping[Key, Count]]],
    revisions: Mapping[int, date],
) -> list[Outlook]:
    assert selection.revision is not None
    day = selection.revision.as_of
    year_end, targets = date(day.year, 12, 31), Targets(day.year)
    keys = list(keys)
    made = []
    for unit in units:
        months = counts.get(unit.key, {})
        for key in keys:
            now = months.get(selection.revision.pk, {}).get(key)
            if now is not None:
                series = [(revisions[pk], months[pk][key]) for pk in revisions if key in months.get(pk, {})]
                forecast = foretell(_points(series, key, day.year), year_end)
                made.append(Outlook(unit, now, forecast, targets.of(unit, key), day, year_end))
    return made


def _points(series: Iterable[tuple[date, Count]], key: Key, year: int) -> list[Point]:
    return [
        Point(day, count.numerator, count.denominator)
        for day, count in series
        if key.indicator not in OF_THE_YEAR or day.year == year
    ]
