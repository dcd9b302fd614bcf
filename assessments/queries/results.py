"""What assessments came to, for whoever builds on it (money, published pages)."""

from dataclasses import dataclass
from decimal import Decimal

from assessments.models import Assessment, Cycle


@dataclass(frozen=True)
class Result:
    """A unit's total (points, two places) and grade (`assessments.models.Grade`)."""

    total: Decimal
    grade: str


def results_of(cycle: Cycle) -> dict[int, Result]:
    """Unit id (of the cycle's kind of unit) -> result; units without a total yet are left out.

    They hold from `Cycle.State.PUBLISHED` on; before, they are what they would be today.
    """
    rows = Assessment.objects.filter(cycle=cycle).exclude(total=None)
    return {row.unit_id: Result(row.total, row.grade) for row in rows if row.total is not None}
