"""What a measure is worth by a rule, and what the points of all rules come to (docs/rules.md 7).

Values are exact fractions. Points are rounded to two places, half up, once: at the rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from assessments.measures import Measure
from assessments.models import Grade, RubricVersion, Rule, Section, Veto

Method = Rule.Method
NOTHING = Decimal("0.00")
BEST_FIRST = tuple(Grade)


class Part(NamedTuple):
    """A section with its rules by id, in order, and their full points."""

    section: Section
    rules: Mapping[int, Rule]
    full: Decimal


@dataclass(frozen=True)
class Outcome:
    """What an assessment came to. Without a total, rules are still without points."""

    total: Decimal | None
    grade: str


def rounded(points: Fraction) -> Decimal:
    """Two places, half up; for what isn't negative."""
    return Decimal((points.numerator * 200 + points.denominator) // (points.denominator * 2)).scaleb(-2)


@lru_cache(maxsize=4096)
def exact(number: Decimal) -> Fraction:
    """Of the points and targets of rules, which many units are held to."""
    return Fraction(number)


def is_given_by_hand(rule: Rule) -> bool:
    """Whether the points come from the assessor and not from a measure."""
    return rule.method == Method.MANUAL or not rule.source


def points_of(rule: Rule, measure: Measure | None, target: Decimal | None) -> Decimal | None:
    """The points of a measure; None when the assessor gives them. `target` is the rule's own or the unit's.

    No figure is worth nothing, except that findings which do not exist deduct nothing.
    """
    if is_given_by_hand(rule):
        return None
    if rule.method == Method.FINDINGS:
        deducted = Fraction(measure.numerator) if measure else Fraction(0)
        return rounded(max(Fraction(0), exact(rule.points) - deducted))
    value = measure.value if measure else None
    if value is None:
        return NOTHING
    if rule.method == Method.BANDS:
        return _by_bands(rule, value)
    if target is None:
        return NOTHING
    return _TO_TARGET[Method(rule.method)](rule, value, exact(target))


def _in_proportion(rule: Rule, value: Fraction, target: Fraction) -> Decimal:
    """Points × min(1, value ÷ target), or the other way round; a target of nothing is reached or it isn't."""
    part, whole = (target, value) if rule.lower_is_better else (value, target)
    return rounded(exact(rule.points) * (1 if part >= whole else part / whole))


def _by_steps(rule: Rule, value: Fraction, target: Fraction) -> Decimal:
    """Each step that is begun below the target costs; never below nothing."""
    assert rule.step is not None and rule.step_points is not None
    short = value - target if rule.lower_is_better else target - value
    steps = max(0, ceil(short / exact(rule.step)))
    return rounded(max(Fraction(0), exact(rule.points) - steps * exact(rule.step_points)))


def _all_or_nothing(rule: Rule, value: Fraction, target: Fraction) -> Decimal:
    return rounded(exact(rule.points)) if _reaches(rule, value, target) else NOTHING


def _by_bands(rule: Rule, value: Fraction) -> Decimal:
    """The points of the first band that the value reaches; none reached: nothing."""
    for bound, points in zip(rule.bounds, rule.bound_points, strict=True):
        if _reaches(rule, value, exact(bound)):
            return rounded(exact(points))
    return NOTHING


def _reaches(rule: Rule, value: Fraction, bound: Fraction) -> bool:
    return value <= bound if rule.lower_is_better else value >= bound


_TO_TARGET = {
    Method.PROPORTIONAL: _in_proportion,
    Method.DEDUCT: _by_steps,
    Method.PASS_FAIL: _all_or_nothing,
}


def section_points(section: Section, points: Iterable[Decimal]) -> Decimal:
    """The sum of a section's rules; a bonus section's is capped."""
    total = sum(points, NOTHING)
    return total if section.bonus_most is None else min(total, section.bonus_most)


def parts_of(version: RubricVersion) -> list[Part]:
    """The sections of a version read with `whole`; taken once for many units."""
    parts = ((section, {rule.pk: rule for rule in section.rules.all()}) for section in version.sections.all())
    return [Part(section, rules, sum((rule.points for rule in rules.values()), NOTHING)) for section, rules in parts]


def outcome(
    version: RubricVersion, parts: Iterable[Part], points: Mapping[int, Decimal | None], hits: Iterable[Veto] = ()
) -> Outcome:
    """Total and grade of a unit. `parts` are the version's, `points`: rule id -> points; `hits`: the vetoes that hold.

    A bonus lifts the total up to the full points of the ordinary sections, not above.
    """
    total, full = NOTHING, NOTHING
    for section, rules, full_points in parts:
        given = [each for rule in rules if (each := points.get(rule)) is not None]
        if section.bonus_most is None:
            if len(given) < len(rules):
                return Outcome(None, "")
            full += full_points
        total += section_points(section, given)
    return judged(version, min(total, full), hits)


def judged(version: RubricVersion, total: Decimal, hits: Iterable[Veto] = ()) -> Outcome:
    """The total under the caps of the vetoes, and its grade, no better than a veto allows."""
    hits = tuple(hits)
    total = min([total, *(veto.total_most for veto in hits if veto.total_most is not None)])
    grades = [grade_of(version, total), *(Grade(veto.grade) for veto in hits if veto.grade)]
    return Outcome(total, max(grades, key=BEST_FIRST.index).value)


def grade_of(version: RubricVersion, total: Decimal) -> Grade:
    """The grade of a total by the version's bounds."""
    if total >= version.excellent_from:
        return Grade.EXCELLENT
    if total >= version.good_from:
        return Grade.GOOD
    return Grade.PASS if total >= version.pass_from else Grade.FAIL


def is_triggered(veto: Veto, measure: Measure | None) -> bool:
    """Whether what the veto's source measured reaches its trigger; no figure triggers nothing."""
    value = measure.value if measure else None
    return value is not None and value >= exact(veto.trigger)
