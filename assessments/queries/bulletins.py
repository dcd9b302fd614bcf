"""What a month's bulletin tells: figures of the district and its centres, inspections, and what is to be mended.

Everything is plain data that JSON holds: a bulletin keeps it as it was.
"""

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q

from assessments.calendar import CalendarMonth
from assessments.models import Cycle, Finding, Grade, Inspection, Month, Revision, UnitKind
from assessments.queries.figures import Count as Figure
from assessments.queries.figures import Key, counts_of_units
from assessments.queries.results import published_of
from assessments.queries.units import Unit
from residents.categories import KEY
from teams.models import Institution
from teams.models.places import parent_ids
from teams.rates import rate

Facts = dict[str, Any]
CENTRES = (Institution.Kind.TOWNSHIP_CENTER, Institution.Kind.COMMUNITY_CENTER)
# The columns of the ranking, in order; `rank_by` names one of them.
COLUMNS: dict[str, Key] = {
    "coverage": Key("coverage"),
    "key": Key("coverage", KEY),
    "paid": Key("paid_coverage"),
    "completion": Key("item_completion"),
    "unserved": Key("unserved"),
}
DEFAULT_RANK = "completion"
# A centre so many points behind the district has a problem worth naming.
BEHIND_POINTS = 5
MOST_PROBLEMS = 12


def facts_of(month: Month, rank_by: str = DEFAULT_RANK) -> Facts:
    """The facts of a month that was computed; provisional unless its revision is frozen."""
    revision = month.current
    assert revision is not None
    before = _revision_before(month)
    units = _units()
    counts = counts_of_units(units, [row.pk for row in (revision, before) if row], COLUMNS.values())
    lines = {
        unit.institution.pk: {code: _figure(counts, unit, revision, before, key) for code, key in COLUMNS.items()}
        for unit in units
        if counts.get((revision.pk, unit.key))
    }
    root = next((unit.institution for unit in units if unit.institution.kind == Institution.Kind.BUREAU), None)
    names = {unit.institution.pk: unit.institution.name for unit in units}
    total = lines.pop(root.pk, {}) if root else {}
    ranked = _ranked(lines, names, rank_by)
    return {
        "month": f"{month.first_on:%Y-%m}",
        "as_of": revision.as_of.isoformat(),
        "revision": revision.pk,
        "sha256": revision.sha256,
        "is_frozen": revision.frozen_at is not None,
        "rank_by": rank_by,
        "total": total,
        "ranking": ranked,
        "inspection": _inspected(month.first_on),
        "assessments": _assessed(month.first_on),
        "problems": _problems(month.first_on, names, ranked, total),
    }


def _revision_before(month: Month) -> Revision | None:
    first = CalendarMonth.of(month.first_on).plus(-1).first
    row = Month.objects.filter(first_on=first).select_related("current").first()
    return row.current if row else None


def _units() -> list[Unit]:
    rows = Institution.objects.filter(kind__in=(Institution.Kind.BUREAU, *CENTRES)).order_by("code")
    return [Unit(row) for row in rows]


def _figure(
    counts: Mapping[tuple[int, tuple[int, int]], Mapping[Key, Figure]],
    unit: Unit,
    revision: Revision,
    before: Revision | None,
    key: Key,
) -> Facts:
    """Numerator, denominator, rate in per cent with one place, and the change in points on the month before."""
    now = counts.get((revision.pk, unit.key), {}).get(key, Figure(key, 0, 0))
    then = counts.get((before.pk, unit.key), {}).get(key) if before else None
    value = now.rate()
    earlier = then.rate() if then else None
    change = value - earlier if value is not None and earlier is not None else None
    return {
        "numerator": now.numerator,
        "denominator": now.denominator,
        "rate": None if value is None else f"{value}",
        "change": None if change is None else f"{change}",
        "added": now.numerator - then.numerator if then else None,
    }


def _ranked(lines: Mapping[int, Mapping[str, Facts]], names: Mapping[int, str], rank_by: str) -> list[Facts]:
    """The centres, the best first, compared exactly on the counts; equal ones share a place."""
    higher = Figure(COLUMNS[rank_by], 0, 0).indicator.higher_is_better

    def value(unit: int) -> tuple[bool, Fraction]:
        figure = lines[unit][rank_by]
        if not figure["denominator"]:
            return True, Fraction(0)
        share = Fraction(figure["numerator"], figure["denominator"])
        return False, -share if higher else share

    order = sorted(lines, key=lambda unit: (value(unit), names[unit]))
    ranked: list[Facts] = []
    for number, unit in enumerate(order, start=1):
        same = bool(ranked) and value(order[number - 2]) == value(unit)
        place = ranked[-1]["place"] if same else number
        ranked.append({"place": place, "institution": unit, "name": names[unit], "figures": dict(lines[unit])})
    return ranked


def _inspected(first_on: date) -> Facts:
    """The month's round: institutions planned and inspected; what was found and what became of it."""
    inspections = Inspection.objects.filter(round__first_on=first_on).aggregate(
        planned=Count("id"), inspected=Count("id", filter=Q(done_on__isnull=False))
    )
    found = Finding.objects.counted().filter(inspection__round__first_on=first_on, inspection__done_on__isnull=False)
    last = CalendarMonth.of(first_on).last
    counted = found.aggregate(
        found=Count("id"),
        closed=Count("id", filter=Q(state=Finding.State.CLOSED)),
        waiting=Count("id", filter=Q(state__in=(Finding.State.DONE, Finding.State.REVIEWED))),
        relapses=Count("id", filter=Q(relapses__gt=0)),
    )
    overdue = Finding.objects.filter(state=Finding.State.ASSIGNED, due_on__lte=last).count()
    return {**inspections, **counted, "overdue": overdue}


def _assessed(first_on: date) -> list[Facts]:
    """What assessments published in the month came to: how many of each grade, and the units by rank. Of single
    doctors the numbers only: a bulletin names nobody."""
    cycles = Cycle.objects.filter(published_on__range=(first_on, CalendarMonth.of(first_on).last))
    return [_results(cycle) for cycle in cycles.select_related("version").order_by("published_on", "pk")]


def _results(cycle: Cycle) -> Facts:
    results = published_of(cycle)
    grades = Tally(row.grade for row in results)
    named = [] if cycle.unit_kind == UnitKind.STAFF else results
    # Teams of different centres have the same name.
    places = _names_of({row.institution for row in named}) if cycle.unit_kind == UnitKind.TEAM else {}
    return {
        "name": cycle.name,
        "unit_kind": cycle.unit_kind,
        "published_on": f"{cycle.published_on}",
        "grades": {grade: grades[grade] for grade in Grade.values},
        "units": [
            {
                "name": places.get(row.institution, "") + row.name,
                "total": None if row.total is None else f"{row.total}",
                "grade": row.grade,
            }
            for row in named
        ],
    }


def _names_of(institutions: Collection[int]) -> dict[int, str]:
    return dict(Institution.objects.filter(pk__in=institutions).values_list("pk", "name"))


def _problems(
    first_on: date, names: Mapping[int, str], ranked: Sequence[Facts], total: Mapping[str, Facts]
) -> list[Facts]:
    """Each centre with what is wrong in it and its clinics, and by when it is to be mended."""
    found: dict[int, list[Facts]] = defaultdict(list)
    above = parent_ids(CalendarMonth.of(first_on).last)
    next_end = CalendarMonth.of(first_on).plus(1).last
    for row in ranked:
        for code in _behind(row["figures"], total):
            found[row["institution"]].append({"figure": code, "due_on": next_end.isoformat(), **row["figures"][code]})
    for finding in _open_findings(first_on):
        place = finding.institution_id
        owner = place if place in names else above.get(place, place)
        found[owner].append(
            {
                "text": finding.text,
                "where": "" if owner == place else finding.institution.name,
                "item": finding.item.text,
                "due_on": finding.due_on.isoformat() if finding.due_on else None,
                "relapses": finding.relapses,
                "is_earlier": finding.found_on < first_on,
            }
        )
    others = Institution.objects.in_bulk([key for key in found if key not in names])
    rows = [
        {
            "institution": key,
            "name": names.get(key) or others[key].name,
            "items": items[:MOST_PROBLEMS],
            "count": len(items),
        }
        for key, items in found.items()
    ]
    places = {row["institution"]: number for number, row in enumerate(ranked)}
    return sorted(rows, key=lambda row: (places.get(row["institution"], len(places)), row["name"]))


def _open_findings(first_on: date) -> list[Finding]:
    """Not mended yet: found in the month, or left over from before and due by its end."""
    last = CalendarMonth.of(first_on).last
    new = Q(found_on__range=(first_on, last), state__in=(Finding.State.FOUND, Finding.State.ASSIGNED))
    left = Q(found_on__lt=first_on, state=Finding.State.ASSIGNED, due_on__lte=last)
    rows = Finding.objects.counted().filter(inspection__done_on__isnull=False)
    rows = rows.filter(new | left).select_related("institution", "item")
    return list(rows.order_by("-relapses", "-deduction", "institution__code", "pk"))


def _behind(figures: Mapping[str, Facts], total: Mapping[str, Facts]) -> list[str]:
    """The columns in which a centre lies more than BEHIND_POINTS behind the district."""
    return [code for code, key in COLUMNS.items() if _gap(figures[code], total.get(code), key) > BEHIND_POINTS]


def _gap(figure: Facts, whole: Facts | None, key: Key) -> Decimal:
    """How many points a centre lies behind."""
    indicator = Figure(key, 0, 0).indicator
    if not whole or not figure["denominator"] or not whole["denominator"]:
        return Decimal(0)
    own = rate(figure["numerator"], figure["denominator"], indicator.unit)
    all_ = rate(whole["numerator"], whole["denominator"], indicator.unit)
    assert own is not None and all_ is not None
    return all_ - own if indicator.higher_is_better else own - all_
