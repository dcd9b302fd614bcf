"""Who stands where among the units of one table, and how many places that is up or down on the month before."""

from collections.abc import Sequence
from decimal import Decimal

from assessments.indicators import BY_CODE
from assessments.presenters.findings import UnitCounts, counted
from assessments.queries.figures import Key, UnitKey
from assessments.queries.units import Unit
from assessments.tables import NO_FIGURE, Cell

UP, DOWN = "↑", "↓"


def ranks(units: Sequence[Unit], counts: UnitCounts, revision: int, key: Key) -> dict[UnitKey, int]:
    """Unit -> its place from 1, the best first; equals share a place, and those without a figure have none."""
    known = ((unit.key, count.rate(6)) for unit, count in counted(units, counts, revision, key))
    rates = {unit: rate for unit, rate in known if rate is not None}
    higher_is_better = BY_CODE[key.indicator].higher_is_better

    def is_better(rate: Decimal, than: Decimal) -> bool:
        return rate > than if higher_is_better else rate < than

    return {unit: 1 + sum(is_better(other, own) for other in rates.values()) for unit, own in rates.items()}


def place_cell(now: int | None, before: int | None) -> Cell:
    """`3 ↑2`: the third, two places better than before."""
    if now is None:
        return Cell(NO_FIGURE)
    gained = (before or now) - now
    arrow = f" {UP if gained > 0 else DOWN}{abs(gained)}" if gained else ""
    return Cell(f"{now}{arrow}", now, tone="missed" if gained < 0 else "")
