"""Every figure of a unit in one table: the way to those that the overview doesn't lead with."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from assessments.indicators import INDICATORS
from assessments.presenters.frame import link
from assessments.presenters.overview import rate_cell, title
from assessments.presenters.words import change, goal_text, numerator_text, signed
from assessments.queries.figures import Count, Key, Targets
from assessments.queries.units import Selection
from assessments.tables import NO_FIGURE, Cell, Column, Row, Table, count_text
from residents.categories import ALL
from teams.rates import YUAN


def figure_keys() -> Iterator[Key]:
    """Each indicator for everyone, or for each register that it is told by."""
    for indicator in INDICATORS:
        for category in indicator.categories or (ALL,):
            yield Key(indicator.code, category)


def figures_table(
    selection: Selection, now: Mapping[Key, Count], before: Mapping[Key, Count], targets: Targets
) -> Table:
    """A row for each figure, in the order of the indicators."""
    rows = tuple(_row(selection, now[key], before.get(key), targets) for key in figure_keys() if key in now)
    columns = (
        Column(_("figure"), hint=_("the mark in the bar is the target")),
        Column(_("target")),
        Column(_("change"), hint=_("against the month before, in points")),
        Column(_("numerator / denominator")),
    )
    return Table(_("All figures"), _("indicator"), columns, rows)


def _row(selection: Selection, count: Count, before: Count | None, targets: Targets) -> Row:
    key, indicator = count.key, count.indicator
    target = targets.of(selection.unit, key)
    moved = change(count, before)
    category = "" if key.category == ALL else key.category
    url = link("assessments:figure", selection, key.indicator, category=category)
    cells = (
        rate_cell(count, target, url=url, with_bar=indicator.unit != YUAN),
        Cell(goal_text(target)),
        Cell(NO_FIGURE if moved is None else signed(moved), moved),
        Cell(f"{numerator_text(count)} / {count_text(count.denominator)}", count.denominator),
    )
    return Row(title(key, selection.names), cells, url=url)
