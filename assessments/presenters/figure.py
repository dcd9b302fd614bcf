"""The explanation of one figure: what it counts, its months, its institutions and categories, its people."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.calendar import CalendarMonth
from assessments.charts import Point, heat_level, line_chart
from assessments.definitions import VERSIONS
from assessments.indicators import BY_CODE, Indicator
from assessments.models import Month, Target
from assessments.presenters.frame import link
from assessments.presenters.overview import points, rate_cell, title
from assessments.presenters.parts import part_names
from assessments.presenters.words import (
    change,
    finding,
    gap_text,
    goal_text,
    moved_text,
    numerator_text,
    rate_text,
    signed,
    target_text,
)
from assessments.queries.figures import Count, Key, Targets, goal_of, is_met
from assessments.queries.people import Part
from assessments.queries.units import Selection, Unit
from assessments.tables import NO_FIGURE, Cell, Column, Row, Table, count_cell, count_text
from teams.rates import YUAN, rate

Window = Sequence[tuple[CalendarMonth, Month | None]]
Counts = Mapping[int, Mapping[Key, Count]]
TONES = {"coverage": "blue", "unserved": "orange", "item_completion": "purple", "package_completion": "purple"}


def figure(
    selection: Selection,
    indicator: Indicator,
    series: Sequence[tuple[CalendarMonth, Count | None]],
    target: Target | None,
) -> dict[str, Any]:
    """Context `figure` of the page. `series` is the months shown, oldest first, the selected one last."""
    now = series[-1][1] if series else None
    before = series[-2][1] if len(series) > 1 else None
    year_ago = series[-13][1] if len(series) > 12 else None
    codes = indicator.category_codes(())
    moved, year = change(now, before), change(now, year_ago)
    shown = [code for code in selection.names if indicator.categories is None or code in codes]
    return {
        "code": indicator.code,
        "title": title(Key(indicator.code, selection.category), selection.names),
        "finding": finding(series[-12:], target),
        "rate_text": rate_text(now, 2),
        "numerator_text": numerator_text(now) if now else NO_FIGURE,
        "denominator_text": count_text(now.denominator if now else None),
        "target_text": goal_text(target),
        "gap_text": gap_text(now, target),
        "met": is_met(now, target) if now and target else None,
        "moved_text": moved_text(moved, year, indicator),
        "tone": TONES.get(indicator.code, "green"),
        "categories": [
            {
                "label": selection.names[code],
                "url": link("assessments:figure", selection, indicator.code, category="" if code == "all" else code),
                "current": code == selection.category,
            }
            for code in shown
        ]
        if len(shown) > 1
        else [],
    }


def definition(indicator: Indicator, version: str = VERSIONS[-1][1], members: str = "") -> dict[str, Any]:
    """Context `definition`: the figure in words and as a formula; `members` are the key population's it is about."""
    per = (
        _("numerator ÷ denominator ÷ 100 (fen to yuan)")
        if indicator.unit == YUAN
        else _("numerator ÷ denominator × 100%")
    )
    return {
        "why": indicator.why,
        "numerator": indicator.numerator_words,
        "denominator": indicator.denominator_words,
        "members": members,
        "formula": per,
        "source": indicator.source,
        "version": version,
        "direction": _("higher") if indicator.higher_is_better else _("lower"),
    }


def chart(selection: Selection, window: Window, counts: Counts, key: Key, target: Target | None) -> Any:
    """The wide line of months, each opening its own page."""
    urls = {
        month: link("assessments:figure", selection, key.indicator, month=str(month)) for month, row in window if row
    }
    indicator, shown = BY_CODE[key.indicator], window[-1][1]
    now = counts.get(shown.current_id or 0, {}).get(key) if shown else None
    return line_chart(
        points(window, counts, key, urls),
        target=goal_of(target, now),
        target_text=target_text(target),
        width=860,
        height=190,
        unit="" if indicator.unit == YUAN else "%",
    )


def by_month(selection: Selection, key: Key, series: Sequence[tuple[CalendarMonth, Count | None]]) -> Table:
    """The months behind the line, newest first."""
    rows = []
    before: Count | None = None
    for month, count in series:
        moved = change(count, before)
        cells = (
            Cell(numerator_text(count) if count else NO_FIGURE, count.numerator if count else None),
            count_cell(count.denominator if count else None),
            rate_cell(count, None),
            Cell(NO_FIGURE if moved is None else signed(moved), moved),
        )
        url = link("assessments:figure", selection, key.indicator, month=str(month)) if count else ""
        rows.append(Row(month.label, cells, url=url))
        before = count
    return Table(_("Month by month"), _("month"), _columns(key), tuple(reversed(rows)))


def by_unit(
    selection: Selection,
    key: Key,
    units: Sequence[Unit],
    counts: Mapping[tuple[int, tuple[int, int]], Mapping[Key, Count]],
    targets: Targets,
    before: int | None,
) -> Table | None:
    """The units below with the same figure, best first."""
    now = selection.revision.pk if selection.revision else 0
    rows = []
    for unit in units:
        count = counts.get((now, unit.key), {}).get(key)
        moved = change(count, counts.get((before or 0, unit.key), {}).get(key))
        if count is not None:
            cells = (
                Cell(numerator_text(count), count.numerator),
                count_cell(count.denominator),
                rate_cell(
                    count,
                    targets.of(unit, key),
                    with_bar=BY_CODE[key.indicator].unit != YUAN,
                    bar_tone=TONES.get(key.indicator, "green"),
                ),
                Cell(NO_FIGURE if moved is None else signed(moved), moved),
            )
            rows.append(Row(unit.name, cells, url=link("assessments:figure", selection, key.indicator, **unit.query)))
    if not rows:
        return None
    best = -1 if BY_CODE[key.indicator].higher_is_better else 1
    rows.sort(key=lambda row: (row.cells[2].value is None, best * (row.cells[2].value or 0), row.name))
    return Table(_("Unit by unit"), _("unit"), _columns(key), tuple(rows))


def by_category(
    selection: Selection, indicator: Indicator, counts: Mapping[Key, Count], targets: Targets
) -> Table | None:
    """The same figure for each category that it exists for."""
    rows = []
    for code, name in selection.names.items():
        key = Key(indicator.code, code)
        count = counts.get(key)
        if count is not None:
            url = link("assessments:figure", selection, indicator.code, category="" if code == "all" else code)
            cells = (
                Cell(numerator_text(count), count.numerator),
                count_cell(count.denominator),
                rate_cell(
                    count,
                    targets.of(selection.unit, key),
                    with_bar=indicator.unit != YUAN,
                    bar_tone=TONES.get(indicator.code, "green"),
                ),
            )
            rows.append(Row(name, cells, url=url))
    if len(rows) < 2:
        return None
    columns = _columns(Key(indicator.code))[:3]
    return Table(_("Category by category"), _("category"), columns, tuple(rows))


def multiples(
    selection: Selection,
    key: Key,
    units: Sequence[Unit],
    window: Window,
    counts: Mapping[tuple[int, tuple[int, int]], Mapping[Key, Count]],
    target: Target | None,
) -> tuple[list[dict[str, Any]] | None, Table | None]:
    """Small lines of the units below on one scale, best first, and the same as a heat table."""
    lines = []
    for unit in units:
        own = {
            row.current_id: counts.get((row.current_id, unit.key), {})
            for _month, row in window
            if row and row.current_id
        }
        line = points(window, own, key)
        if any(point.value is not None for point in line):
            lines.append((unit, line))
    if not lines:
        return None, None
    best = -1 if BY_CODE[key.indicator].higher_is_better else 1
    lines.sort(key=lambda pair: (pair[1][-1].value is None, best * (pair[1][-1].value or Decimal(0))))
    goal = target.rate if target else None
    top = max([*_values(lines), goal or Decimal(0)]) * Decimal("1.1")
    drawn = [
        {
            "title": unit.name,
            "url": link("assessments:figure", selection, key.indicator, **unit.query),
            "chart": line_chart(line, target=goal, y_max=top or None, compact=True, width=190, height=56),
            "tone": TONES.get(key.indicator, "green"),
        }
        for unit, line in lines
    ]
    return drawn, _matrix(lines)


def _values(lines: Sequence[tuple[Unit, Sequence[Point]]]) -> list[Decimal]:
    return [point.value for _unit, line in lines for point in line if point.value is not None]


def _matrix(lines: Sequence[tuple[Unit, Sequence[Point]]]) -> Table:
    low, high = min(_values(lines)), max(_values(lines))
    rows = tuple(
        Row(unit.name, tuple(Cell(p.text, p.value, heat=heat_level(p.value, low, high)) for p in line))
        for unit, line in lines
    )
    return Table(_("Units by month"), _("unit"), tuple(Column(point.label) for point in lines[0][1]), rows)


def people_links(selection: Selection, indicator: Indicator, count: Count) -> list[tuple[str, str, str]]:
    """The buttons to the lists: label, how many, address."""
    gap = count.denominator - count.numerator
    numbers = {Part.NUMERATOR: count.numerator, Part.DENOMINATOR: count.denominator, Part.GAP: gap}
    on_rows = not indicator.numerator.column
    return [
        (
            name,
            count_text(numbers[part]) if on_rows else "",
            link("assessments:people", selection, indicator.code, part=part.value),
        )
        for part, name in part_names(indicator, selection.members).items()
    ]


def official_text(count: Count | None, population: int | None) -> str:
    """The rate on the official resident population, beside the counted one, never mixed with it."""
    if count is None or not population:
        return ""
    value = rate(count.numerator, population)
    return _("%(rate)s%% of %(population)s") % {"rate": value, "population": count_text(population)}


def _columns(key: Key) -> tuple[Column, ...]:
    return (
        Column(_("numerator")),
        Column(_("denominator")),
        Column(str(BY_CODE[key.indicator].name)),
        Column(_("change"), hint=_("against the month before, in points")),
    )


def late(selection: Selection, then: Count, now: Count) -> dict[str, str]:
    """The sentence about what became known since the freeze, and where the people stand."""
    words = _("The month was frozen at %(then)s; with what became known since it would be %(now)s.")
    return {
        "text": words % {"then": rate_text(then, 2), "now": rate_text(now, 2)},
        "url": link("assessments:month_difference", selection, indicator=now.key.indicator, category=now.key.category),
    }
