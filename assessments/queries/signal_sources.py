"""What supervision gives to rubrics: `authenticity` (signings confirmed true) and `false_signing` (leads proven)."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.measures import COUNT, Family, Measure, Measures, Source
from assessments.models import Check, Lead, UnitKind
from assessments.queries.observed import CALLED, LEAD, observed
from assessments.queries.units import memberships
from teams.models.places import parent_ids
from teams.rates import PERCENT


def _family(prefix: str, source: Source) -> Family:
    """A family with the one source of that name."""
    return Family(prefix, lambda rests: {rest: source for rest in rests if not rest}, lambda: [source])


def _authenticity(unit_kind: str, from_month: date, to_month: date) -> Measures:
    last = CalendarMonth.of(to_month).last
    confirmed: Counter[int] = Counter()
    telling: Counter[int] = Counter()
    units = _units_of(unit_kind, last)
    for row in observed(from_month, last).get(CALLED, ()):
        for unit in units(row.team, row.institution, None):
            telling[unit] += int(row.numbers[0])
            confirmed[unit] += int(row.numbers[0]) if row.code in Check.CONFIRMING else 0
    url = reverse("assessments:sample_list")
    return {unit: Measure(confirmed[unit], telling[unit], url, unit=PERCENT) for unit in telling}


def _false_signing(unit_kind: str, from_month: date, to_month: date) -> Measures:
    last = CalendarMonth.of(to_month).last
    proven: Counter[int] = Counter()
    units = _units_of(unit_kind, last)
    for row in observed(from_month, last).get(LEAD, ()):
        for unit in units(row.team, row.institution, row.staff):
            proven[unit] += int(row.numbers[0])
    url = f"{reverse('assessments:lead_list')}?state={Lead.State.CONFIRMED}"
    return {unit: Measure(number, None, url, unit=COUNT) for unit, number in proven.items()}


def _units_of(unit_kind: str, day: date) -> Callable[[int | None, int, int | None], Iterable[int]]:
    """(team, institution, staff) of a finding -> the units that it counts for: an institution's also for those above
    it; a team's for each of its members; a member's for the teams they belong to on the day."""
    if unit_kind == UnitKind.INSTITUTION:
        above = parent_ids(day)
        return lambda _team, institution, _staff: _upwards(institution, above)
    members = memberships(day)
    if unit_kind == UnitKind.TEAM:
        return lambda team, _institution, staff: (
            {team} if team else {each for each, member in members if member == staff}
        )
    return lambda team, _institution, staff: {staff} if staff else {member for each, member in members if each == team}


def _upwards(institution: int, above: dict[int, int]) -> list[int]:
    found = [institution]
    while (parent := above.get(found[-1])) is not None:
        found.append(parent)
    return found


AUTHENTICITY = _family(
    "authenticity", Source("authenticity", _("Signings confirmed true by calls"), _authenticity, PERCENT)
)
FALSE_SIGNING = _family(
    "false_signing", Source("false_signing", _("Leads of false signing confirmed"), _false_signing, COUNT, True)
)
