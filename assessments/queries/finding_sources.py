"""Findings of inspections as sources of rules: `findings:CHECKLIST` or `findings:CHECKLIST:ITEM`, the points that the
findings of the checklist, or of one of its items, take off."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.checklist_files import shipped_names
from assessments.measures import Family, Measure, Measures, Source
from assessments.models import Checklist, ChecklistItem, UnitKind
from assessments.queries.findings import deductions
from assessments.queries.observed import INSPECTED, ITEM, observed
from assessments.queries.units import existing_teams
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


def read(rests: Iterable[str], unit_kind: str, from_month: date, to_month: date) -> dict[str, Measures]:
    """Points off of every unit that was inspected with a checklist; 0 where nothing was found. An institution's
    are those of its subtree; a single doctor has none."""
    if unit_kind == UnitKind.STAFF:
        return {}
    last = CalendarMonth.of(to_month).last
    asked = {name for row in observed(from_month, last).get(ITEM, ()) for name in (row.code, f"{row.code}:{row.item}")}
    known = [rest for rest in rests if rest in asked]
    checklists = {rest.partition(":")[0] for rest in known}
    off = deductions(checklists, unit_kind, from_month, last)
    inspected = _inspected(checklists, unit_kind, from_month, last)
    days = {"stage": "all", "first_on": from_month.isoformat(), "last_on": last.isoformat()}
    found: dict[str, Measures] = {}
    for rest in known:
        checklist, _colon, item = rest.partition(":")
        page = _page(days | {"checklist": checklist} | ({"item": item} if item else {}), unit_kind)
        points = off.get(rest, {})
        found[rest] = {
            unit: Measure(points.get(unit, 0), evidence=f"{page}{unit}")
            for unit in inspected.get(checklist, set()) | set(points)
        }
    return found


FINDING_SOURCES = Family(PREFIX, find, offered, read)


def _source(rest: str, name: str, of_item: str) -> Source:
    def value_of(unit_kind: str, from_month: date, to_month: date) -> Measures:
        return read([rest], unit_kind, from_month, to_month).get(rest, {})

    label = format_lazy(_("Findings · {name}"), name=name)
    if of_item:
        label = format_lazy("{} · {}", label, of_item)
    return Source(f"{PREFIX}:{rest}", label, value_of, lower_is_better=True)


def _page(query: Mapping[str, str], unit_kind: str) -> str:
    """Where the findings are listed, up to the unit's id."""
    of = "unit" if unit_kind == UnitKind.INSTITUTION else "team"
    return f"{reverse('assessments:finding_list')}?{urlencode(query)}&{of}="


def _inspected(checklists: Collection[str], unit_kind: str, first_on: date, last_on: date) -> dict[str, set[int]]:
    """Checklist -> institutions inspected with it and everything above them, or the teams of these institutions."""
    above = parent_ids(last_on)
    reached: dict[str, set[int]] = defaultdict(set)
    for row in observed(first_on, last_on).get(INSPECTED, ()):
        node: int | None = row.institution
        while node is not None and row.code in checklists and node not in reached[row.code]:
            reached[row.code].add(node)
            node = above.get(node)
    if unit_kind == UnitKind.INSTITUTION:
        return reached
    return {
        checklist: {team.pk for team in existing_teams(last_on) if team.institution_id in places}
        for checklist, places in reached.items()
    }
