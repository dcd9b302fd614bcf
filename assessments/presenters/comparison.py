"""A settlement by two rules or assessments, side by side."""

from typing import Any

from django.utils.translation import gettext as _

from assessments.models import Cycle, FundVersion, Month, Revision, Run
from assessments.presenters.money import money_cell, plain, yuan_text
from assessments.queries.basis import Unit, frozen_revisions, units_of
from assessments.queries.results import Result, results_of
from assessments.queries.simulation import claim, result_of, simulate
from assessments.rules.allocation import Allocation, yuan
from assessments.rules.money import check_cycle
from assessments.tables import Cell, Column, Row, Table


class _Tried:
    """One side: its units, results and allocation."""

    def __init__(self, run: Run, version: FundVersion, cycle: Cycle | None, revisions: list[Revision]) -> None:
        self.version = version
        self.kind = cycle.unit_kind if cycle else version.receiver
        self.results: dict[int, Result] = results_of(cycle) if cycle else {}
        self.units = {unit.code: unit for unit in units_of(version, revisions)}
        self.done: Allocation = simulate(version, list(self.units.values()), self.results, self.kind)

    def coefficient(self, unit: Unit) -> str:
        return plain(claim(self.version, unit, result_of(unit, self.results, self.kind)).coefficient)


def comparison(run: Run, cycle: Cycle | None, version: FundVersion | None) -> dict[str, Any]:
    """Context keys table, sums and months: by the rule and assessment of the run, and by the ones to try.

    Takes the months of the period that are frozen. Raises RuleViolation as `check_cycle` and `frozen_revisions` do.
    """
    check_cycle(run, cycle)
    months = [month for month in run.months if _is_frozen(month.first)]
    revisions = frozen_revisions(months or run.months)
    settled = run.rounds.filter(stage="settlement").select_related("cycle").first()
    now = _Tried(run, run.version, settled.cycle if settled and settled.cycle else cycle, revisions)
    tried = _Tried(run, version or run.version, cycle, revisions)
    codes = sorted(now.units.keys() | tried.units.keys())
    return {
        "table": Table(_("Side by side"), _("Unit"), _columns(), tuple(_row(code, now, tried) for code in codes)),
        "sums": [
            (_("Pool"), yuan_text(yuan(now.done.pool)), yuan_text(yuan(tried.done.pool))),
            (_("Entitled"), yuan_text(yuan(now.done.total)), yuan_text(yuan(tried.done.total))),
            (
                _("Goes back to the payers"),
                *(yuan_text(yuan(sum(side.done.returned.values()))) for side in (now, tried)),
            ),
        ],
        "months": [str(month) for month in months],
    }


def _is_frozen(first: Any) -> bool:
    return Month.objects.filter(first_on=first, current__frozen_at__isnull=False).exists()


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("Coefficient now")),
        Column(_("Coefficient tried")),
        Column(_("Amount now")),
        Column(_("Amount tried")),
        Column(_("Difference")),
    )


def _row(code: str, now: _Tried, tried: _Tried) -> Row:
    cells, amounts = [], []
    unit = now.units.get(code) or tried.units[code]
    for side in (now, tried):
        cells.append(Cell(side.coefficient(unit)))
        entitlement = side.done.entitlements.get(code)
        amounts.append(yuan(entitlement.total if entitlement else 0))
    return Row(unit.name, (*cells, *map(money_cell, amounts), money_cell(amounts[1] - amounts[0])))
