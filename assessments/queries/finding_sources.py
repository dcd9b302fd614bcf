"""Findings of inspections as sources of rules: `findings:CHECKLIST` or `findings:CHECKLIST:ITEM`, the points that the
findings of the checklist, or of one of its items, take off."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.checklist_files import shipped_names
from assessments.measures import Family, Measure, Measures, Source
from assessments.models import Checklist, ChecklistItem, Inspection, UnitKind
from assessments.queries.findings import deductions
from teams.models import Team
from teams.models.places import parent_ids

PREFIX = "findings"


def find(rests: Iterable[str]) -> dict[str, Source]:
    """A checklist's code, whatever its version, and perhaps an item's -> its source, where there is one.

    A checklist that comes with the product is known before it is loaded: rubrics that name it come with it.
    """
    checklists = {rest: rest.partition(":")[0] for rest in rests}
    loaded = _names_of(Checklist.objects.filter(code__in=checklists.values()))
    shipped = shipped_names()
    found = {}
    for rest, code in checklists.items():
        names = loaded if code in loaded else shipped
        if rest in names:
            found[rest] = _source(rest, names[code], names[rest] if rest != code else "")
    return found


def offered() -> Iterable[Source]:
    """A source for each published or shipped checklist and each of its items."""
    names = shipped_names() | _names_of(Checklist.objects.filter(status=Checklist.Status.PUBLISHED))
    return [_source(rest, names[rest.partition(":")[0]], name if ":" in rest else "") for rest, name in names.items()]


def _names_of(rows: QuerySet[Checklist]) -> dict[str, str]:
    """CHECKLIST -> its name, CHECKLIST:ITEM -> the item's text, by the latest version that has it."""
    names: dict[str, str] = {}
    items = ChecklistItem.objects.filter(checklist__in=rows)
    items = items.order_by("checklist__code", "checklist__number", "place")
    for code, name, item, text in items.values_list("checklist__code", "checklist__name", "code", "text"):
        names |= {code: name, f"{code}:{item}": text}
    return names


def _source(rest: str, name: str, of_item: str) -> Source:
    def value_of(unit_kind: str, from_month: date, to_month: date) -> Measures:
        return _measures(rest, unit_kind, from_month, to_month)

    label = format_lazy(_("Findings · {name}"), name=name)
    if of_item:
        label = format_lazy("{} · {}", label, of_item)
    return Source(f"{PREFIX}:{rest}", label, value_of, lower_is_better=True)


FINDING_SOURCES = Family(PREFIX, find, offered)


def _measures(rest: str, unit_kind: str, from_month: date, to_month: date) -> Measures:
    """Points off of every unit that was inspected with the checklist; 0 where nothing was found. An institution's
    are those of its subtree; a single doctor has none."""
    if unit_kind == UnitKind.STAFF:
        return {}
    last = CalendarMonth.of(to_month).last
    checklist, _colon, item = rest.partition(":")
    found = deductions(checklist, unit_kind, from_month, last, item=item)
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
        query |= {"item": item} if item else {}
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
