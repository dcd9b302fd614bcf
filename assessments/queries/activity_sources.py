"""Activities as sources of rules: `activities:KIND` counts the confirmed ones, `activities:KIND:FIGURE` adds one up."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.measures import Family, Measure, Measures, Source
from assessments.models import Activity, UnitKind
from assessments.queries.activities import counted_by_unit

PREFIX = "activities"


def find(rests: Iterable[str]) -> dict[str, Source]:
    """`KIND` or `KIND:FIGURE` -> its source, where there is such a kind and figure."""
    return {rest: source for rest in rests if (source := _source(rest))}


def _source(rest: str) -> Source | None:
    kind, _colon, figure = rest.partition(":")
    if kind not in Activity.Kind.values or (figure and figure not in Activity.FIGURES):
        return None

    def value_of(unit_kind: str, from_month: date, to_month: date) -> Measures:
        return _measures(kind, figure, unit_kind, from_month, to_month)

    label = format_lazy(_("Activities · {kind}"), kind=Activity.Kind(kind).label)
    if figure:
        label = format_lazy("{} · {}", label, Activity._meta.get_field(figure).verbose_name)  # type: ignore[union-attr]
    return Source(f"{PREFIX}:{rest}", label, value_of)


def offered() -> Iterable[Source]:
    """The number of each kind, and each kind's figures."""
    rests = [
        rest for kind in Activity.Kind.values for rest in (kind, *(f"{kind}:{figure}" for figure in Activity.FIGURES))
    ]
    return list(find(rests).values())


ACTIVITY_SOURCES = Family(PREFIX, find, offered, otherwise=Measure(0))


def _measures(kind: str, figure: str, unit_kind: str, from_month: date, to_month: date) -> Measures:
    """What was confirmed of every unit that reported something; an institution's with its subtree."""
    if unit_kind == UnitKind.STAFF:
        return {}
    last = CalendarMonth.of(to_month).last
    url = reverse("assessments:activity_list")
    query = {
        "kind": kind,
        "state": Activity.State.CONFIRMED.value,
        "first_on": from_month.isoformat(),
        "last_on": last.isoformat(),
    }
    counted = counted_by_unit(kind, figure, unit_kind, from_month, last)
    name = "unit" if unit_kind == UnitKind.INSTITUTION else "team"
    return {
        unit: Measure(value, evidence=f"{url}?{urlencode({**query, name: str(unit)})}")
        for unit, value in counted.items()
    }
