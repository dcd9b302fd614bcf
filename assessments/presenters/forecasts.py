"""Forecasts as tables: now, at the year's end, the target, and what a week must bring."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from assessments.presenters.frame import link
from assessments.presenters.overview import title
from assessments.presenters.words import counted_text, goal_text, rate_text
from assessments.queries.figures import Count
from assessments.queries.forecasts import Outlook
from assessments.queries.units import Selection
from assessments.tables import MINUS, NO_FIGURE, Cell, Column, Row, Table

TONES = {True: "met", False: "missed", None: ""}


def outlook_rows(selection: Selection, outlooks: Sequence[Outlook], *, by_unit: bool) -> list[dict[str, Any]]:
    """A dict an outlook; named by its unit, or by its figure."""
    return [_row(selection, outlook, by_unit) for outlook in outlooks]


def _row(selection: Selection, outlook: Outlook, by_unit: bool) -> dict[str, Any]:
    key = outlook.now.key
    place = outlook.unit.query if by_unit else {}
    page = "assessments:forecast" if by_unit else "assessments:figure"
    category = "" if key.category == "all" else key.category
    url = (
        link(page, selection, **place, indicator=key.indicator, category=category)
        if by_unit
        else link(page, selection, key.indicator, category=category)
    )
    return {
        "name": outlook.unit.name if by_unit else title(key, selection.names),
        "url": url,
        "below": "" if by_unit else link("assessments:forecast", selection, indicator=key.indicator, category=category),
        "now": rate_text(outlook.now),
        "then": _then(outlook),
        "range": _range(outlook),
        "target": goal_text(outlook.target),
        "verdict": _verdict(outlook),
        "tone": TONES[outlook.will_be_met],
        "a_week": _a_week(outlook),
    }


def outlook_table(title: str, head: str, rows: Sequence[dict[str, Any]]) -> Table:
    """The rows for a file, in the order of assessments/_outlooks.html."""
    labels = (_("Now"), _("At year's end"), _("Range"), _("Target"), _("Outlook"), _("Needed a week"))
    names = ("now", "then", "range", "target", "verdict", "a_week")
    lines = (Row(row["name"], tuple(Cell(row[name] or NO_FIGURE) for name in names)) for row in rows)
    return Table(title, head, tuple(Column(label) for label in labels), tuple(lines))


def _verdict(outlook: Outlook) -> str:
    if outlook.forecast is None or outlook.target is None:
        return ""
    words = {True: _("will be reached"), False: _("will be missed"), None: _("uncertain")}
    return words[outlook.will_be_met]


def _a_week(outlook: Outlook) -> str:
    needed, indicator = outlook.needed_a_week, outlook.now.indicator
    if needed is None:
        return NO_FIGURE
    counted = counted_text(needed, indicator)
    return f"{MINUS}{counted}" if needed and not indicator.higher_is_better else counted


def _then(outlook: Outlook) -> str:
    if outlook.forecast is None:
        return NO_FIGURE
    return rate_text(Count(outlook.now.key, outlook.forecast.numerator, outlook.forecast.denominator))


def _range(outlook: Outlook) -> str:
    if outlook.forecast is None:
        return _("too few months")
    low, high = (
        rate_text(Count(outlook.now.key, numerator, outlook.forecast.denominator))
        for numerator in (outlook.forecast.lowest, outlook.forecast.highest)
    )
    return f"{low} – {high}"
