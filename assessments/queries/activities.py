"""Activities of institutions: lists, and the sums of what was confirmed."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Aggregate, Count, QuerySet, Sum

from assessments.models import Activity, UnitKind
from teams.models import Team, User
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


def counted_by_unit(kind: str, figure: str, unit_kind: str, first_on: date, last_on: date) -> Mapping[int, int]:
    """Unit id -> how many activities of a kind were confirmed that began from day to day (both ends included), or the
    sum of a figure of them. An institution's with its subtree; a team's with those of its institution that name no
    team, as everybody of the institution held them."""
    rows = Activity.objects.confirmed().filter(kind=kind, began_on__range=(first_on, last_on)).order_by()
    value = Sum(figure) if figure else Count("id")
    if unit_kind != UnitKind.INSTITUTION:
        return _of_teams(rows, value, last_on)
    own = dict(rows.values_list("institution").annotate(value))
    above = parent_ids(last_on)
    total: dict[int, int] = {}
    for institution, count in own.items():
        node: int | None = institution
        while node is not None:
            total[node] = total.get(node, 0) + count
            node = above.get(node)
    return total


def _of_teams(rows: QuerySet[Activity], value: Aggregate, day: date) -> dict[int, int]:
    own = dict(rows.exclude(team=None).values_list("team").annotate(value))
    shared = dict(rows.filter(team=None).values_list("institution").annotate(value))
    teams = Team.objects.existing_on(day).values_list("pk", "institution")
    counted = {team: own.get(team, 0) + shared.get(institution, 0) for team, institution in teams}
    return {team: count for team, count in counted.items() if count}
