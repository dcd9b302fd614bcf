"""Activities of institutions: lists, and the sums of what was confirmed."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from django.db.models import Count, QuerySet, Sum

from assessments.models import Activity, UnitKind
from assessments.queries.observed import ACTIVITY, observed
from assessments.queries.units import existing_teams
from teams.models import User
from teams.models.places import parent_ids

FIGURES = Activity.FIGURES


def activities_of(user: User) -> QuerySet[Activity]:
    """The account's activities, the newest first."""
    return Activity.objects.visible_to(user).select_related("institution", "team").order_by("-began_on", "-pk")


def sums(rows: QuerySet[Activity]) -> dict[str, int]:
    """How many activities there are, and each figure added up."""
    added = rows.order_by().aggregate(count=Count("id"), **{name: Sum(name, default=0) for name in FIGURES})
    return {name: int(value) for name, value in added.items()}


def sums_by_institution(rows: QuerySet[Activity]) -> dict[int, dict[str, int]]:
    """Institution id -> the same sums, of what it reported itself."""
    grouped = rows.order_by().values("institution").annotate(count=Count("id"), **{name: Sum(name) for name in FIGURES})
    names = ("count", *FIGURES)
    return {
        institution: dict(zip(names, map(int, values), strict=True))
        for institution, *values in grouped.values_list("institution", *names)
    }


def counted_by_unit(
    kinds: Iterable[str], unit_kind: str, first_on: date, last_on: date
) -> dict[str, Mapping[int, int]]:
    """KIND -> unit id -> how many activities of the kind were confirmed that began from day to day (both ends
    included), KIND:FIGURE -> unit id -> the sum of that figure. An institution's with its subtree; a team's with those
    of its institution that name no team, as everybody of the institution held them."""
    wanted = set(kinds)
    units_of = _institutions_of(last_on) if unit_kind == UnitKind.INSTITUTION else _teams_of(last_on)
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for row in observed(first_on, last_on).get(ACTIVITY, ()):
        names = (row.code, *(f"{row.code}:{figure}" for figure in FIGURES))
        for unit in units_of(row.institution, row.team) if row.code in wanted else ():
            for name, value in zip(names, row.numbers, strict=True):
                found[name][unit] += int(value)
    return {name: counted if unit_kind == UnitKind.INSTITUTION else +counted for name, counted in found.items()}


def _institutions_of(day: date) -> Callable[[int, int | None], Iterable[int]]:
    """(institution, team) of an activity -> the institutions that it counts for."""
    above = parent_ids(day)

    def units(institution: int | None, _team: int | None) -> Iterator[int]:
        while institution is not None:
            yield institution
            institution = above.get(institution)

    return units


def _teams_of(day: date) -> Callable[[int, int | None], Iterable[int]]:
    """(institution, team) of an activity -> the teams that it counts for."""
    own: dict[int, list[int]] = defaultdict(list)
    for each in existing_teams(day):
        own[each.institution_id].append(each.pk)
    existing = {key for keys in own.values() for key in keys}
    return lambda institution, team: own[institution] if team is None else existing & {team}
