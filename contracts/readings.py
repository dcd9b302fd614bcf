"""What readings say: which are impossible, which are doubtful, which call for action at once. Pure functions."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.cells import parse_decimal


class Limits(NamedTuple):
    """The lowest and the highest value that are within."""

    lowest: Decimal
    highest: Decimal


class Critical(NamedTuple):
    """Readings from which on, or down to which, somebody acts at once (national norms of basic public health)."""

    systolic: int = 180
    diastolic: int = 110
    glucose_high: Decimal = Decimal("16.7")
    glucose_low: Decimal = Decimal("3.9")


NAMES = {"systolic": _("systolic"), "diastolic": _("diastolic"), "fasting_glucose": _("fasting glucose")}
# A reading outside these was not taken from a living person.
POSSIBLE = {
    "systolic": Limits(Decimal(50), Decimal(300)),
    "diastolic": Limits(Decimal(20), Decimal(200)),
    "fasting_glucose": Limits(Decimal("0.5"), Decimal("60.0")),
}
# Outside these it is asked about once more: a slip of the hand is more likely.
USUAL = {
    "systolic": Limits(Decimal(80), Decimal(200)),
    "diastolic": Limits(Decimal(45), Decimal(120)),
    "fasting_glucose": Limits(Decimal("2.8"), Decimal("20.0")),
}
LEAST_PULSE_PRESSURE = 15
CRITICAL = Critical()


def parse_glucose(cell: object) -> Decimal:
    """mmol/L with one place, or with two where the second one says something. Raises CellError."""
    exact = parse_decimal(cell, 2, digits=4)
    tenths = exact.quantize(Decimal("0.1"))
    return tenths if tenths == exact else exact


def is_critical(*, systolic: int | None, diastolic: int | None, fasting_glucose: Decimal | None) -> bool:
    """Whether the readings call for a referral and a follow-up: 180 or 110 mmHg and more, 16.7 mmol/L and more, 3.9
    and less."""
    return (
        (systolic or 0) >= CRITICAL.systolic
        or (diastolic or 0) >= CRITICAL.diastolic
        or (fasting_glucose is not None and not CRITICAL.glucose_low < fasting_glucose < CRITICAL.glucose_high)
    )


def doubts(readings: Mapping[str, Any]) -> Iterator[str | Promise]:
    """What looks like a slip of the hand, for a person to confirm."""
    for name, value in readings.items():
        if value is not None and not USUAL[name].lowest <= value <= USUAL[name].highest:
            yield format_lazy(_("{value} is unusual for {name}."), value=value, name=NAMES[name])
    systolic, diastolic = readings["systolic"], readings["diastolic"]
    if systolic and diastolic and 0 < systolic - diastolic < LEAST_PULSE_PRESSURE:
        yield format_lazy(_("{systolic} and {diastolic} are very close."), systolic=systolic, diastolic=diastolic)
    if (systolic is None) != (diastolic is None):
        yield _("Only one of the two pressures was entered; alone it is no reading.")
