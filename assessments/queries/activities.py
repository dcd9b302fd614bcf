"""Activities of institutions: lists, and the sums of what was confirmed."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Count, QuerySet, Sum

from assessments.models import Activity, UnitKind
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


def counted_by_unit(kind: str, figure: str, unit_kind: str, first_on: date, last_on: date) -> Mapping[int, int]:
    """Unit id -> how many activities of a kind were confirmed that began from day to day (both ends included), or the
    sum of a figure of them. An institution's with its subtree."""
    rows = Activity.objects.confirmed().filter(kind=kind, began_on__range=(first_on, last_on)).order_by()
    key = "institution" if unit_kind == UnitKind.INSTITUTION else "team"
    value = Sum(figure) if figure else Count("id")
    own = dict(rows.exclude(**{key: None}).values_list(key).annotate(value))
    if unit_kind != UnitKind.INSTITUTION:
        return own
    above = parent_ids(last_on)
    total: dict[int, int] = {}
    for institution, count in own.items():
        node: int | None = institution
        while node is not None:
            total[node] = total.get(node, 0) + count
            node = above.get(node)
    return total
