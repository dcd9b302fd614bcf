"""Indicators as sources of rules: `indicator:CODE` or `indicator:CODE:CATEGORY`, read from the last frozen month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import quote, urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.text import format_lazy

from assessments.calendar import CalendarMonth
from assessments.indicators import BY_CODE, INDICATORS
from assessments.measures import Family, Measure, Measures, Source
from assessments.models import Figure, Revision, UnitKind
from assessments.queries.units import existing_teams, memberships
from residents.categories import ALL, GROUP_NAMES, Category, categories
from teams.memory import once_a_request

PREFIX = "indicator"


@once_a_request
def frozen_by_month() -> dict[date, int]:
    """First day of each frozen month -> the id of what was frozen, the latest month first."""
    rows = Revision.objects.filter(frozen_at__isnull=False).order_by("-month__first_on", "number")
    return dict(rows.values_list("month__first_on", "pk"))


def frozen_revision(from_month: date, to_month: date) -> tuple[date, int] | None:
    """The last frozen month of a period and its revision's id: what the whole period is assessed by (docs/rules.md,
    Readings)."""
    return next((each for each in frozen_by_month().items() if from_month <= each[0] <= to_month), None)


def find(rests: Iterable[str]) -> dict[str, Source]:
    """`CODE` or `CODE:CATEGORY` -> its source, where there is such a figure."""
    known = categories()
    return {rest: source for rest in rests if (source := _source(rest, known))}


def offered() -> list[Source]:
    """Every indicator and category that there are figures of."""
    rests = (
        indicator.code if category == ALL else f"{indicator.code}:{category}"
        for indicator in INDICATORS
        for category in indicator.category_codes(categories())
    )
    return list(find(rests).values())


def read(rests: Iterable[str], unit_kind: str, from_month: date, to_month: date) -> dict[str, Measures]:
    """Rest of the code -> unit id -> measure, for many indicators with one look at the figures.

    A single doctor is measured by the teams that they belong to on the last day, taken together.
    """
    frozen = frozen_revision(from_month, to_month)
    wanted = {_split(rest): rest for rest in rests}
    found: dict[str, dict[int, Measure]] = {rest: {} for rest in wanted.values()}
    if frozen is None or not wanted:
        return dict(found)
    month, revision = frozen
    pages = {key: _page(key, month, unit_kind) for key in wanted}
    last = CalendarMonth.of(month).last
    for unit, code, key, numerator, denominator in _figures(revision, unit_kind, wanted, last):
        url = pages[key] + quote(code)
        found[wanted[key]][unit] = Measure(numerator, denominator, url, revision, BY_CODE[key[0]].unit)
    if unit_kind == UnitKind.STAFF:
        members = _members(last)
        return {rest: _of_staff(measures, members) for rest, measures in found.items()}
    return dict(found)


INDICATOR_SOURCES = Family(PREFIX, find, offered, read)


def _source(rest: str, known: Sequence[Category]) -> Source | None:
    code, category = _split(rest)
    indicator = BY_CODE.get(code)
    if indicator is None or category not in indicator.category_codes(known):
        return None
    names = {**GROUP_NAMES, **{each.code: each.name for each in known}}
    label = indicator.name if category == ALL else format_lazy("{} · {}", indicator.name, names[category])

    def value_of(unit_kind: str, from_month: date, to_month: date) -> Measures:
        return read([rest], unit_kind, from_month, to_month).get(rest, {})

    return Source(f"{PREFIX}:{rest}", label, value_of, indicator.unit, not indicator.higher_is_better)


def _split(rest: str) -> tuple[str, str]:
    code, _colon, category = rest.partition(":")
    return code, category or ALL


def _figures(
    revision: int, unit_kind: str, wanted: Mapping[tuple[str, str], str], day: date
) -> Iterable[tuple[int, str, tuple[str, str], int, int]]:
    """(unit id, its code, (indicator, category), numerator, denominator) of what is wanted. A team that there is not on
    the day has no code."""
    rows = Figure.objects.filter(
        revision=revision,
        indicator__in={code for code, _category in wanted},
        category__in={category for _code, category in wanted},
    )
    of_teams = unit_kind != UnitKind.INSTITUTION
    rows = rows.filter(~Q(team_key=0) if of_teams else Q(team_key=0))
    codes = {team.pk: team.code for team in existing_teams(day)} if of_teams else {}
    for place, team, institution, code, category, numerator, denominator in rows.values_list(
        "institution_id", "team_key", "institution__code", "indicator", "category", "numerator", "denominator"
    ):
        if (code, category) in wanted:
            unit, name = (team, codes.get(team, "")) if of_teams else (place, institution)
            yield unit, name, (code, category), numerator, denominator


def _page(key: tuple[str, str], month: date, unit_kind: str) -> str:
    """The figure's page for the month, from which its people open, up to the unit's code."""
    indicator, category = key
    query = urlencode({"month": str(CalendarMonth.of(month)), "category": category})
    unit = "unit" if unit_kind == UnitKind.INSTITUTION else "team"
    return f"{reverse('assessments:figure', args=[indicator])}?{query}&{unit}="


def _members(day: date) -> dict[int, tuple[int, ...]]:
    """Staff id -> the ids of their teams on a day."""
    found: dict[int, tuple[int, ...]] = {}
    for team, staff in memberships(day):
        found[staff] = (*found.get(staff, ()), team)
    return found


def _of_staff(of_teams: Measures, members: Mapping[int, tuple[int, ...]]) -> dict[int, Measure]:
    """Sums of counts over a doctor's teams, never averages of rates. Doctors of the same teams share theirs."""
    together = {teams: _summed([of_teams[team] for team in teams if team in of_teams]) for teams in {*members.values()}}
    return {staff: measure for staff, teams in members.items() if (measure := together[teams])}


def _summed(parts: Sequence[Measure]) -> Measure | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    counted = sum(part.numerator for part in parts)
    return replace(parts[0], numerator=counted, denominator=sum(part.denominator or 0 for part in parts))
