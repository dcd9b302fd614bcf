"""`allocate`: a settlement of every team of the district from a frozen month, written and taken back."""

import statistics
import time
from decimal import Decimal

from django.db import transaction

from assessments.actions.funds import FundTerms, define_fund
from assessments.actions.runs import begin_run, simulate_round
from assessments.models import Fund, Month, Revision, Round
from assessments.queries.basis import units_of
from assessments.queries.results import Result
from assessments.queries.simulation import simulate
from teams.models.accounts import SYSTEM


def measure(times: int) -> tuple[int, float, float]:
    """How many teams, the median seconds of a settlement with lines and members' shares, and of its arithmetic."""
    taken = [_once() for _time in range(times)]
    return taken[0][0], statistics.median(row[1] for row in taken), statistics.median(row[2] for row in taken)


def _once() -> tuple[int, float, float]:
    with transaction.atomic():
        month = Month.objects.exclude(current=None).latest("first_on")
        assert month.current_id is not None
        Revision.objects.filter(pk=month.current_id, frozen_at=None).update(
            frozen_at="2019-01-01T00:00:00Z", frozen_by="bench", sha256="0" * 64
        )
        terms = FundTerms({"quality": "none", "prepaid_share": Decimal(50)}, {"finance": Decimal("2000000.01")})
        define_fund(code="BENCH", name="BENCH", terms=terms, by=SYSTEM)
        fund = Fund.objects.get(code="BENCH")
        run = begin_run(fund=fund, from_month=month.first_on, to_month=month.first_on, by=SYSTEM)
        started = time.perf_counter()
        row = simulate_round(run=run, stage=Round.Stage.SETTLEMENT, by=SYSTEM)
        whole = time.perf_counter() - started
        units = units_of(run.version, [month.current])  # type: ignore[list-item]
        results = {unit.key: Result(Decimal(60 + place % 40), "good") for place, unit in enumerate(units)}
        started = time.perf_counter()
        simulate(run.version, units, results)
        taken = row.lines.count(), whole, time.perf_counter() - started
        transaction.set_rollback(True)
    return taken
