"""Activities as sources of rules: `activities:KIND` counts the confirmed ones, `activities:KIND:FIGURE` adds one up."""

from collections.abc import Iterable, Mapping
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


def read(rests: Iterable[str], unit_kind: str, from_month: date, to_month: date) -> dict[str, Measures]:
    """What was confirmed of every unit that reported something, for many kinds and figures with one look."""
    known = find(rests)
    if unit_kind == UnitKind.STAFF or not known:
        return {}
    last, kinds = CalendarMonth.of(to_month).last, {rest.partition(":")[0] for rest in known}
    counted = counted_by_unit(kinds, unit_kind, from_month, last)
    return {rest: _measures(rest, counted.get(rest, {}), unit_kind, from_month, last) for rest in known}


def offered() -> Iterable[Source]:
    """The number of each kind, and each kind's figures."""
    rests = [
        rest for kind in Activity.Kind.values for rest in (kind, *(f"{kind}:{figure}" for figure in Activity.FIGURES))
    ]
    return list(find(rests).values())


ACTIVITY_SOURCES = Family(PREFIX, find, offered, read, otherwise=Measure(0))


def _source(rest: str) -> Source | None:
    kind, _colon, figure = rest.partition(":")
    if kind not in Activity.Kind.values or (figure and figure not in Activity.FIGURES):
        return None

    def value_of(unit_kind: str, from_month: date, to_month: date) -> Measures:
        return read([rest], unit_kind, from_month, to_month).get(rest, {})

    label = format_lazy(_("Activities · {kind}"), kind=Activity.Kind(kind).label)
    if figure:
        label = format_lazy("{} · {}", label, Activity._meta.get_field(figure).verbose_name)  # type: ignore[union-attr]
    return Source(f"{PREFIX}:{rest}", label, value_of)


def _measures(rest: str, counted: Mapping[int, int], unit_kind: str, first_on: date, last_on: date) -> Measures:
    """The counts with the address of the activities behind them."""
    query = {
        "kind": rest.partition(":")[0],
        "state": Activity.State.CONFIRMED.value,
        "first_on": first_on.isoformat(),
        "last_on": last_on.isoformat(),
    }
    url, name = reverse("assessments:activity_list"), "unit" if unit_kind == UnitKind.INSTITUTION else "team"
    return {
        unit: Measure(value, evidence=f"{url}?{urlencode({**query, name: str(unit)})}")
        for unit, value in counted.items()
    }
