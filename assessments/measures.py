"""What a rule is scored by: a measure of each unit, and where such measures come from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from django.utils.functional import Promise

from teams.rates import PERCENT, YUAN

COUNT = "count"
Measures = Mapping[int, "Measure"]  # unit id -> its measure; a unit that has none is left out


@dataclass(frozen=True, eq=False)
class Measure:
    """What was counted of one unit: a ratio in per cent, or in yuan when the numerator is fen; without a denominator
    the numerator itself is the value.

    `evidence` is the address of the page that shows what stands behind it, `revision` the month's revision read.
    """

    numerator: Decimal | int
    denominator: Decimal | int | None = None
    evidence: str = ""
    revision: int | None = None
    unit: str = PERCENT

    @cached_property
    def value(self) -> Fraction | None:
        """Per cent, yuan or a number, exact; None is "no figure": a denominator of 0."""
        if self.denominator is None:
            return Fraction(self.numerator)
        if self.denominator == 0:
            return None
        counted, whole = _rational(self.numerator), _rational(self.denominator)
        return Fraction(counted, whole * 100) if self.unit == YUAN else Fraction(counted * 100, whole)


def _rational(number: Decimal | int) -> Fraction | int:
    """As a whole number where it is one, which is quick to divide by."""
    return number if isinstance(number, int) else Fraction(number)


@dataclass(frozen=True)
class Source:
    """Where a rule's measure comes from. `value_of(unit kind, first of the first month, first of the last month)`.

    `unit`: percent, yuan, or count for measures without a denominator.
    """

    code: str
    label: str | Promise
    value_of: Callable[[str, date, date], Measures]
    unit: str = COUNT
    lower_is_better: bool = False


@dataclass(frozen=True)
class Family:
    """Sources whose codes begin with `prefix` and a colon.

    `find(rests of codes)` is rest -> source of those that there are, `offered()` those that a form offers. `read`,
    where it is given, reads many at once: (rests, unit kind, from, to) -> rest -> measures. `otherwise` is the measure
    of a unit that a source does not name: None is "no figure"; where things are counted it is `Measure(0)`.
    """

    prefix: str
    find: Callable[[Iterable[str]], Mapping[str, Source]]
    offered: Callable[[], Iterable[Source]]
    read: Callable[[Iterable[str], str, date, date], Mapping[str, Measures]] | None = None
    otherwise: Measure | None = None
