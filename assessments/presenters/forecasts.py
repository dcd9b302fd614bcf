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
from assessments.tables import NO_FIGURE


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
        "verdict": outlook.will_be_met,
        "is_foretold": outlook.forecast is not None and outlook.target is not None,
        "a_week": _a_week(outlook),
    }


def _a_week(outlook: Outlook) -> str:
    needed = outlook.needed_a_week
    return NO_FIGURE if needed is None else counted_text(needed, outlook.now.indicator)


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
