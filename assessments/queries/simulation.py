"""Trying a fund's rule on results and frozen months: arithmetic only, nothing is written."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from assessments.models import FundVersion, Grade, UnitKind
from assessments.queries.basis import Unit
from assessments.queries.results import Result
from assessments.rules.allocation import Allocation, Claim, FundRule, allocate, cents, prepay

FACTOR = Decimal("0.0001")


def simulate(
    version: FundVersion,
    units: Sequence[Unit],
    results: Mapping[int, Result],
    unit_kind: str = UnitKind.TEAM,
    *,
    rule: FundRule | None = None,
) -> Allocation:
    """Every unit's money by `results_of` a cycle of that kind of unit; codes of units are its keys.

    `units` are `assessments.queries.basis.units_of` the version. `rule` tries another arithmetic than the version's.
    """
    claims = [claim(version, unit, result_of(unit, results, unit_kind)) for unit in units]
    return allocate(rule or rule_of(version), claims)


def simulate_prepayment(version: FundVersion, units: Sequence[Unit]) -> Allocation:
    """The prepaid part, by what the units are expected to show."""
    return prepay(rule_of(version), [Claim(unit.code, unit.basis) for unit in units])


def rule_of(version: FundVersion) -> FundRule:
    """The arithmetic of a version; its payers are read."""
    return FundRule(
        payers={row.payer: cents(row.amount) for row in version.payers.all()},
        is_rate=version.method == FundVersion.Method.RATE,
        withheld=version.withheld,
        prepaid_share=version.prepaid_share,
        staff_share=version.staff_share,
        keeps_clawback=version.clawback == FundVersion.Clawback.CARRY,
    )


def result_of(unit: Unit, results: Mapping[int, Result], unit_kind: str) -> Result | None:
    """The unit's own result, or its institution's where institutions were assessed."""
    return results.get(unit.institution if unit_kind == UnitKind.INSTITUTION else unit.key)


def claim(version: FundVersion, unit: Unit, result: Result | None) -> Claim:
    """What a unit can show, with its coefficient."""
    excellent = result is not None and result.grade == Grade.EXCELLENT
    return Claim(unit.code, unit.basis, coefficient_of(version, result), excellent)


def coefficient_of(version: FundVersion, result: Result | None) -> Decimal:
    """By grade or score ÷ 100 (four places, half up); a unit that nobody assessed has one of its own."""
    if version.quality == FundVersion.Quality.NONE:
        return Decimal(1)
    if result is None:
        return version.unassessed
    if version.quality == FundVersion.Quality.SCORE:
        return (result.total / 100).quantize(FACTOR, ROUND_HALF_UP)
    return {
        Grade.EXCELLENT: version.excellent,
        Grade.GOOD: version.good,
        Grade.PASS: version.passed,
        Grade.FAIL: version.failed,
    }[Grade(result.grade)]
