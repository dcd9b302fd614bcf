"""Cohorts as heat tables: months of signing, and units, by what became of those who signed."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.calendar import CalendarMonth
from assessments.charts import heat_level
from assessments.presenters.frame import link
from assessments.queries.cohorts import AFTER, OUTCOMES, Cohort, Outcome, together
from assessments.queries.people import Part
from assessments.queries.units import Selection, Unit
from assessments.tables import NO_FIGURE, Cell, Column, Row, Table, count_cell, count_text
from teams.rates import rate

NAMES: Mapping[Outcome, Promise] = {
    Outcome.KEPT: gettext_lazy("still signed"),
    Outcome.SERVED: gettext_lazy("served"),
    Outcome.RENEWED: gettext_lazy("renewed"),
}
PARTS: Mapping[Outcome, tuple[Promise, Promise]] = {
    Outcome.KEPT: (gettext_lazy("Still signed"), gettext_lazy("No longer signed")),
    Outcome.SERVED: (gettext_lazy("Served"), gettext_lazy("Never served")),
    Outcome.RENEWED: (gettext_lazy("Renewed"), gettext_lazy("Not renewed")),
}
HINTS: Mapping[Outcome, Promise] = {
    Outcome.KEPT: gettext_lazy("by the same contract, or by the next after it had run out"),
    Outcome.SERVED: gettext_lazy("at least one service since the contract began"),
    Outcome.RENEWED: gettext_lazy("a new contract after this one had run its full term"),
}

Scales = Mapping[Outcome, tuple[Decimal, Decimal]]


def months_table(selection: Selection, months: Mapping[CalendarMonth, Cohort], *, with_people: bool) -> Table:
    """The triangle: a row a month of signing, the latest first; later outcomes are still to come for late months."""
    scales = _scales(months.values())
    opened = selection if with_people else None
    rows = tuple(Row(month.label, _cells(cohort, scales, opened, month)) for month, cohort in months.items())
    total = Row(_("All"), _cells(together(list(months.values())), scales))
    return Table(_("By month of signing"), _("signed in"), _columns(), rows, total)


def units_table(selection: Selection, units: Sequence[tuple[Unit, Cohort]]) -> Table | None:
    """The units below, each with all months together, those who keep most after the longest time first."""
    if not units:
        return None
    last = (Outcome.KEPT, AFTER[-1])
    order = sorted(units, key=lambda pair: (-(_rate(*pair[1].outcomes[last]) or 0), pair[0].name))
    scales = _scales(cohort for _unit, cohort in units)
    rows = tuple(
        Row(unit.name, _cells(cohort, scales), url=link("assessments:cohorts", selection, **unit.query))
        for unit, cohort in order
    )
    return Table(_("Unit by unit, all months together"), _("unit"), _columns(), rows)


def finding(months: Mapping[CalendarMonth, Cohort]) -> str:
    """What became of those who signed, at the longest time that has come for anybody."""
    total = together(list(months.values())).outcomes
    for after in reversed(AFTER):
        kept, served = (total[outcome, after] for outcome in (Outcome.KEPT, Outcome.SERVED))
        if kept[1]:
            values = {"months": after, "kept": _rate(*kept), "served": _rate(*served), "signed": count_text(kept[1])}
            words = _("After %(months)s months %(kept)s%% of %(signed)s are still signed, %(served)s%% were served")
            return words % values
    return ""


def tabs(
    selection: Selection, month: CalendarMonth, outcome: Outcome, after: int, cohort: Cohort, part: Part
) -> list[dict[str, Any]]:
    """The three lists behind a cell, as tabs of `assessments/people.html`."""
    above, below = cohort.outcomes[outcome, after]
    numbers = {Part.NUMERATOR: above, Part.GAP: below - above, Part.DENOMINATOR: below}
    names = {Part.NUMERATOR: PARTS[outcome][0], Part.GAP: PARTS[outcome][1], Part.DENOMINATOR: _("All who signed")}
    return [
        {
            "label": names[each],
            "count_text": count_text(numbers[each]),
            "url": people_link(selection, month, outcome, after, each),
            "active": each is part,
        }
        for each in numbers
    ]


def people_link(selection: Selection, month: CalendarMonth, outcome: Outcome, after: int, part: Part) -> str:
    """Where the people of a cell are listed."""
    return link("assessments:cohort_people", selection, **_asked(month, outcome, after, part))


def people_file(selection: Selection, month: CalendarMonth, outcome: Outcome, after: int, part: Part) -> str:
    """Where that list is asked for as a file."""
    return link("teams:export_new", selection, "cohort_people", **_asked(month, outcome, after, part))


def _asked(month: CalendarMonth, outcome: Outcome, after: int, part: Part) -> dict[str, str]:
    return {"cohort": str(month), "outcome": outcome.value, "after": str(after), "part": part.value}


def _columns() -> tuple[Column, ...]:
    words = _("%(outcome)s after %(months)s months")
    after = (
        Column(words % {"outcome": NAMES[outcome], "months": months}, str(HINTS[outcome]))
        for outcome, months in OUTCOMES
    )
    return (Column(_("signed"), _("contracts that began in the month")), *after)


def _cells(
    cohort: Cohort, scales: Scales, selection: Selection | None = None, month: CalendarMonth | None = None
) -> tuple[Cell, ...]:
    def cell(outcome: Outcome, after: int, above: int, below: int) -> Cell:
        value = _rate(above, below)
        if value is None:
            return Cell(NO_FIGURE)
        url = people_link(selection, month, outcome, after, _to_act_on(outcome)) if selection and month else ""
        return Cell(f"{value}%", value, url=url, heat=heat_level(value, *scales[outcome]))

    return (count_cell(cohort.signed), *(cell(*key, *counts) for key, counts in cohort.outcomes.items()))


def _scales(cohorts: Iterable[Cohort]) -> Scales:
    """Outcome -> the lowest and highest rate of the table: shades tell the months or units of one outcome apart."""
    found: dict[Outcome, list[Decimal]] = {outcome: [] for outcome in Outcome}
    for cohort in cohorts:
        for (outcome, _after), count in cohort.outcomes.items():
            if (value := _rate(*count)) is not None:
                found[outcome].append(value)
    return {
        outcome: (min(values, default=Decimal(0)), max(values, default=Decimal(0))) for outcome, values in found.items()
    }


def _to_act_on(outcome: Outcome) -> Part:
    return Part.NUMERATOR if outcome is Outcome.RENEWED else Part.GAP


def _rate(above: int, below: int) -> Decimal | None:
    return rate(above, below, places=1)
