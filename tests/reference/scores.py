"""Scores, the slow way: whole numbers and loops, made from rules.md 7 alone."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

CENT = Decimal("0.01")
GRADES = ("excellent", "good", "pass", "fail")


def points(rule: Mapping[str, Any], numerator: int, denominator: int, target: Decimal) -> Decimal:
    """What a rate in per cent is worth: products of whole numbers are compared, never quotients."""
    if denominator == 0:
        return Decimal("0.00")
    value, aim = numerator * 10000, int(target * 100) * denominator  # both × 100 × denominator
    full, lower = rule["points"], rule["lower_is_better"]
    if rule["method"] == "bands":
        return _band(rule, value, denominator)
    if (value <= aim) if lower else (value >= aim):
        return full
    if rule["method"] == "pass_fail":
        return Decimal("0.00")
    if rule["method"] == "proportional":
        above, below = (aim, value) if lower else (value, aim)
        cents, rest = divmod(int(full * 100) * above, below)
        return Decimal(cents + (1 if rest * 2 >= below else 0)) * CENT
    short, step, left = abs(value - aim), int(rule["step"] * 100) * denominator, full
    while short > 0 and left > 0:
        short, left = short - step, left - rule["step_points"]
    return max(left, Decimal("0.00"))


def _band(rule: Mapping[str, Any], value: int, denominator: int) -> Decimal:
    for bound, worth in rule["bands"]:
        edge = int(bound * 100) * denominator
        if (value <= edge) if rule["lower_is_better"] else (value >= edge):
            return Decimal(worth)
    return Decimal("0.00")


def result(
    sections: Sequence[tuple[Decimal | None, Sequence[tuple[Decimal, Decimal]]]],
    bounds: Sequence[Decimal],
    caps: Sequence[Decimal],
    worst: Sequence[str],
) -> tuple[Decimal, str]:
    """Total and grade. A section: its bonus cap or None, and (points given, points of the rule) of each rule."""
    total = full = Decimal("0.00")
    for most, rules in sections:
        own = sum((given for given, _whole in rules), Decimal("0.00"))
        if most is None:
            full += sum(whole for _given, whole in rules)
        total += own if most is None or own < most else most
    for cap in (full, *caps):
        if total > cap:
            total = cap
    return total, _grade(total, bounds, worst)


def _grade(total: Decimal, bounds: Sequence[Decimal], worst: Sequence[str]) -> str:
    place = 3
    for index, bound in reversed(list(enumerate(bounds))):
        if total >= bound:
            place = index
    for grade in worst:
        if GRADES.index(grade) > place:
            place = GRADES.index(grade)
    return GRADES[place]
