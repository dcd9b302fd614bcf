"""The targets of a year as lines of a table."""

from collections.abc import Sequence
from typing import Any

from django.forms import Form
from django.utils.translation import gettext as _

from assessments.indicators import BY_CODE
from assessments.presenters.frame import link
from assessments.presenters.words import counted_text, goal_text, places_beside, rate_text
from assessments.queries.standings import Standing
from assessments.queries.units import Selection, Unit
from assessments.tables import NO_FIGURE, Cell, Column, Row, Table
from residents.categories import category_names
from teams.rates import YUAN

ORDER = {code: position for position, code in enumerate(BY_CODE)}


def standing_rows(selection: Selection, rows: Sequence[Standing], lines: Form) -> list[dict[str, Any]]:
    """A dict a target, in the order of indicators and categories, the widest scope first; `lines` (a TargetsForm) has
    the fields of each."""
    names = category_names()
    places = {code: position for position, code in enumerate(names)}

    def order(row: Standing) -> tuple[int, int, bool, str]:
        target = row.target
        place = target.institution.code if target.institution else ""
        return ORDER[target.indicator], places.get(target.category, 99), target.institution is not None, place

    found = sorted(rows, key=order)
    fields = {row.target.pk: [lines[f"{name}_{row.target.pk}"] for name in ("rate", "count")] for row in found}
    return [_row(selection, row, names) | {"fields": fields[row.target.pk]} for row in found]


def standing_table(rows: Sequence[dict[str, Any]]) -> Table:
    """The rows for a file, in the order of assessments/targets.html."""
    texts, numbers = (_("Category"), _("Scope")), (_("Target"), _("Now"), _("Missing"))
    columns = [Column(label, numeric=False) for label in texts] + [Column(label) for label in numbers]
    names = ("category", "scope", "goal", "now", "missing", "standing")
    lines = (Row(str(row["indicator"]), tuple(Cell(str(row[name])) for name in names)) for row in rows)
    return Table(_("Targets"), _("Indicator"), (*columns, Column(_("Standing"), numeric=False)), tuple(lines))


def _row(selection: Selection, row: Standing, names: dict[str, Any]) -> dict[str, Any]:
    target, indicator = row.target, BY_CODE[row.target.indicator]
    url = ""
    if row.count and selection.revision:
        place = Unit(target.institution).query if target.institution else {}
        url = link("assessments:figure", selection, indicator.code, **place, category=target.category)
    return {
        "target": target,
        "indicator": indicator.name,
        "is_cost": indicator.unit == YUAN,
        "category": names.get(target.category, target.category),
        "scope": target.institution.name if target.institution else target.get_scope_display(),
        "goal": goal_text(target),
        "now": _now(row),
        "missing": NO_FIGURE if row.missing is None or indicator.unit == YUAN else counted_text(row.missing, indicator),
        "standing": {True: _("reached"), False: _("not reached"), None: NO_FIGURE}[row.is_met],
        "tone": {True: "met", False: "missed", None: ""}[row.is_met],
        "url": url,
    }


def _now(row: Standing) -> str:
    if row.count is None:
        return NO_FIGURE
    return (
        counted_text(row.count.numerator, row.count.indicator)
        if row.target.count is not None
        else rate_text(row.count, places_beside(row.count, row.target))
    )
