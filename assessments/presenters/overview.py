"""The overview of a unit: leading figures over twelve months, key populations, the units below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.calendar import CalendarMonth
from assessments.charts import Point, bar, line_chart
from assessments.indicators import BY_CODE
from assessments.models import Month, Target
from assessments.presenters.findings import UnitCounts, counted, units_finding, worst
from assessments.presenters.frame import is_provisional, link, month_tick
from assessments.presenters.places import place_cell, ranks
from assessments.presenters.words import (
    change,
    finding,
    gap_text,
    moved_text,
    places_beside,
    rate_text,
    signed,
    target_text,
)
from assessments.queries.figures import Count, Key, Targets, goal_of, is_met
from assessments.queries.units import Selection, Unit
from assessments.tables import NO_FIGURE, Cell, Column, Row, Table, count_cell, count_text
from residents.categories import ALL, KEY

MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Tile:
    """A leading figure: its key, its colour, and its name when the category makes it another than the indicator's."""

    key: Key
    tone: str
    name: Promise | None = None


TILES = (
    Tile(Key("coverage"), "blue"),
    Tile(Key("coverage", KEY), "green", gettext_lazy("Key populations covered")),
    Tile(Key("item_completion"), "purple"),
    Tile(Key("unserved"), "orange"),
)
UNIT_KEYS = (
    Key("coverage"),
    Key("coverage", KEY),
    Key("paid_coverage"),
    Key("package_completion"),
    Key("item_completion"),
    Key("unserved"),
)


def title(key: Key, names: Mapping[str, str]) -> str:
    """The indicator's name, with the category behind it unless it is everyone."""
    name = str(BY_CODE[key.indicator].name)
    if key.category == "all":
        return name
    return _("%(name)s · %(category)s") % {"name": name, "category": names[key.category]}


def sentence(count: Count) -> str:
    """Numerator and denominator in words."""
    number = count.numerator
    match count.key:
        case Key("coverage", "all"):
            words = ngettext(
                "%(num)s of %(den)s residents is signed", "%(num)s of %(den)s residents are signed", number
            )
        case Key("coverage", "key"):
            words = ngettext(
                "%(num)s of %(den)s in key populations is signed",
                "%(num)s of %(den)s in key populations are signed",
                number,
            )
        case Key("item_completion", "all"):
            words = ngettext(
                "%(num)s of %(den)s services due was given", "%(num)s of %(den)s services due were given", number
            )
        case Key("unserved", "all"):
            words = ngettext(
                "%(num)s of %(den)s signed for 90 days was never served",
                "%(num)s of %(den)s signed for 90 days were never served",
                number,
            )
        case _other:
            words = "%(num)s / %(den)s"
    return words % {"num": count_text(number), "den": count_text(count.denominator)}


def points(
    window: Sequence[tuple[CalendarMonth, Month | None]],
    counts: Mapping[int, Mapping[Key, Count]],
    key: Key,
    urls: Mapping[CalendarMonth, str] | None = None,
) -> list[Point]:
    """The months of a line: no figure leaves a gap, a month that isn't over is provisional."""
    found = []
    for calendar, month in window:
        count = counts.get(month.current_id or 0, {}).get(key) if month else None
        found.append(
            Point(
                label=month_tick(calendar),
                value=count.rate() if count else None,
                text=rate_text(count),
                provisional=is_provisional(month),
                url=(urls or {}).get(calendar, "") if month else "",
            )
        )
    return found


def tile(
    selection: Selection,
    shown: Tile,
    window: Sequence[tuple[CalendarMonth, Month | None]],
    counts: Mapping[int, Mapping[Key, Count]],
    target: Target | None,
    where: str,
) -> dict[str, Any]:
    """Context of `assessments/_tile.html`. `window` is the months shown with one more before them: a year ago; `where`
    names the unit below that is worst off."""
    of = {month: counts.get(row.current_id or 0, {}).get(shown.key) if row else None for month, row in window}
    months = list(of)
    now, before, year_ago = of[months[-1]], of[months[-2]], of[months[0]]
    line, indicator = points(window[1:], counts, shown.key), BY_CODE[shown.key.indicator]
    return {
        "code": shown.key.indicator,
        "title": str(shown.name) if shown.name else title(shown.key, selection.names),
        "finding": finding([(month, of[month]) for month in months[1:]], target),
        "rate_text": rate_text(now, places_beside(now, target) if now else 1),
        "sentence": sentence(now) if now else "",
        "where": where,
        "gap_text": gap_text(now, target),
        "met": is_met(now, target) if now and target else None,
        "moved_text": moved_text(change(now, before), change(now, year_ago), indicator),
        "chart": line_chart(line, target=goal_of(target, now), target_text=target_text(target), height=66),
        "url": link("assessments:figure", selection, shown.key.indicator, category=_category(shown.key)),
        "tone": shown.tone,
    }


def _category(key: Key) -> str:
    return "" if key.category == "all" else key.category


def rate_cell(
    count: Count | None,
    target: Target | None,
    *,
    url: str = "",
    with_bar: bool = False,
    bar_tone: str = "blue",
    heat: int | None = None,
) -> Cell:
    """A cell with a rate: sorts by its value, marked when the target is missed, with a bar or a shade when wished."""
    value = count.rate() if count else None
    met = is_met(count, target) if count and target else None
    return Cell(
        text=rate_text(count, places_beside(count, target) if count else 1),
        value=value,
        url=url if value is not None else "",
        tone="missed" if met is False else "",
        bar=bar(value, 100, goal=goal_of(target, count)) if with_bar else None,
        bar_tone=bar_tone,
        heat=heat,
    )


def categories_table(selection: Selection, counts: Mapping[Key, Count], targets: Targets) -> Table:
    """The key populations: signed of members, with the rate as a bar against its target."""
    rows = []
    for code, name in selection.names.items():
        key = Key("coverage", code)
        count = counts.get(key)
        if code == "all" or count is None:
            continue
        target = targets.of(selection.unit, key)
        url = link("assessments:figure", selection, "coverage", category=code)
        pair = f"{count_text(count.numerator)} / {count_text(count.denominator)}"
        cells = (Cell(pair, count.numerator), rate_cell(count, target, url=url, with_bar=True))
        rows.append(Row(str(name), cells, url=url))
    columns = (Column(_("signed / members")), Column(_("signed"), hint=_("the mark in the bar is the target")))
    return Table(_("Key populations signed"), _("key population"), columns, tuple(rows[1:]), rows[0] if rows else None)


def categories_finding(selection: Selection, counts: Mapping[Key, Count]) -> str:
    """Which key populations lag."""
    keys = {Key("coverage", code): name for code, name in selection.names.items() if code not in (ALL, KEY)}
    return worst([(name, counts[key]) for key, name in keys.items() if key in counts], number=2)


def where_worst(shown: Tile, units: Sequence[Unit], counts: UnitCounts, now: int) -> str:
    """The unit below that is worst off in a leading figure."""
    return worst([(unit.name, count) for unit, count in counted(units, counts, now, shown.key)])


def coverage_finding(units: Sequence[Unit], counts: UnitCounts, now: int, targets: Targets) -> str:
    """How many units below miss their coverage."""
    key = Key("coverage")
    return units_finding(counted(units, counts, now, key), targets, key)


def units_table(
    selection: Selection,
    units: Sequence[Unit],
    counts: UnitCounts,
    targets: Targets,
    before: int | None,
) -> Table:
    """The units below, best covered first, with the unit itself as the total; every rate opens its figure."""
    now = selection.revision.pk if selection.revision else 0
    places = [ranks(units, counts, revision, Key("coverage")) for revision in (now, before or 0)]
    rows = []
    for unit in units:
        present = counts.get((now, unit.key), {})
        earlier = counts.get((before or 0, unit.key), {})
        if present:
            place = place_cell(*(found.get(unit.key) for found in places))
            rows.append(_unit_row(selection, unit, present, earlier, targets, place))
    rows.sort(key=lambda row: (row.cells[0].value is None, row.cells[0].value, row.name))
    own = counts.get((now, selection.unit.key), {})
    earlier = counts.get((before or 0, selection.unit.key), {})
    total = _unit_row(selection, selection.unit, own, earlier, targets, Cell(""))
    columns = (
        Column(_("place"), hint=_("by coverage; arrow: places gained or lost in a month"), sorted="ascending"),
        Column(_("residents")),
        Column(_("signed")),
        Column(_("coverage"), hint=_("signed residents of the population")),
        Column(_("key populations")),
        Column(_("paid")),
        Column(_("packages done")),
        Column(_("items done")),
        Column(_("not served")),
        Column(_("change"), hint=_("coverage against the month before, in points")),
    )
    return Table(_("Signed and served, unit by unit"), _("unit"), columns, tuple(rows), total)


def _unit_row(
    selection: Selection,
    unit: Unit,
    now: Mapping[Key, Count],
    before: Mapping[Key, Count],
    targets: Targets,
    place: Cell,
) -> Row:
    coverage, unserved = now.get(Key("coverage")), now.get(Key("unserved"))
    moved = change(coverage, before.get(Key("coverage")))

    def opened(key: Key) -> str:
        return link("assessments:figure", selection, key.indicator, category=_category(key), **unit.query)

    def rated(key: Key, with_bar: bool = False) -> Cell:
        return rate_cell(now.get(key), targets.of(unit, key), url=opened(key), with_bar=with_bar)

    cells = (
        place,
        count_cell(coverage.denominator if coverage else None),
        count_cell(coverage.numerator if coverage else None),
        rated(Key("coverage"), with_bar=True),
        rated(Key("coverage", KEY)),
        rated(Key("paid_coverage")),
        rated(Key("package_completion")),
        rated(Key("item_completion")),
        count_cell(unserved.numerator if unserved else None, url=opened(Key("unserved"))),
        Cell(NO_FIGURE if moved is None else signed(moved), moved, tone="missed" if moved and moved < 0 else ""),
    )
    url = "" if unit.key == selection.unit.key else link("assessments:overview", selection, **unit.query)
    return Row(unit.name, cells, url=url)
