"""Findings of inspections as sources of rules: `findings:CHECKLIST`, the points that its findings take off."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.measures import Family, Measure, Measures, Source
from assessments.models import Checklist, Inspection, UnitKind
from assessments.queries.findings import deductions
from teams.models import Team
from teams.models.places import parent_ids

PREFIX = "findings"


def find(rest: str) -> Source | None:
    """The source of a checklist's code, whatever its version; None when there is none."""
    checklist = Checklist.objects.filter(code=rest).order_by("-number").first()
    if checklist is None:
        return None

    def value_of(unit_kind: str, from_month: date, to_month: date) -> Measures:
        return _measures(rest, unit_kind, from_month, to_month)

    label = format_lazy(_("Findings · {name}"), name=checklist.name)
    return Source(f"{PREFIX}:{rest}", label, value_of, lower_is_better=True)


def offered() -> Iterable[Source]:
    """A source for each published checklist."""
    codes = Checklist.objects.filter(status=Checklist.Status.PUBLISHED).values_list("code", flat=True)
    return [source for code in codes if (source := find(code))]


FINDING_SOURCES = Family(PREFIX, find, offered)


def _measures(checklist: str, unit_kind: str, from_month: date, to_month: date) -> Measures:
    """Points off of every unit that was inspected with the checklist; 0 where nothing was found. An institution's
    are those of its subtree; a single doctor has none."""
    if unit_kind == UnitKind.STAFF:
        return {}
    last = CalendarMonth.of(to_month).last
    found = deductions(checklist, unit_kind, from_month, last)
    url = reverse("assessments:finding_list")
    units = _inspected(checklist, unit_kind, from_month, last)
    measures = {}
    for unit in units | set(found):
        query = {
            "stage": "all",
            "checklist": checklist,
            "first_on": from_month.isoformat(),
            "last_on": last.isoformat(),
        }
        query |= {"unit": str(unit)} if unit_kind == UnitKind.INSTITUTION else {"team": str(unit)}
        points = found[unit][0] if unit in found else 0
        measures[unit] = Measure(points, evidence=f"{url}?{urlencode(query)}")
    return measures


def _inspected(checklist: str, unit_kind: str, first_on: date, last_on: date) -> set[int]:
    """Institutions inspected with the checklist and everything above them, or the teams of these institutions."""
    rows = Inspection.objects.filter(checklist__code=checklist, done_on__range=(first_on, last_on))
    above = parent_ids(last_on)
    reached: set[int] = set()
    for institution in rows.values_list("institution", flat=True):
        node: int | None = institution
        while node is not None and node not in reached:
            reached.add(node)
            node = above.get(node)
    if unit_kind == UnitKind.INSTITUTION:
        return reached
    return set(Team.objects.filter(institution__in=reached).values_list("pk", flat=True))
