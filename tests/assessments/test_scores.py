"""What a measure is worth by each method: by hand, and against a slow second reading of rules.md 7."""

from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.measures import Measure
from assessments.models import RubricVersion, Rule, Section, Veto
from assessments.rules.scores import is_triggered, judged, outcome, parts_of, points_of, rounded
from tests.reference import scores as slow

D = Decimal


def rule(method: str, points: str = "10", **fields: object) -> Rule:
    said = {"source": "indicator:coverage", **fields}
    return Rule(method=method, points=D(points), **said)


@pytest.mark.parametrize(
    ("numerator", "denominator", "lower", "expected"),
    [
        (30, 100, False, "5.00"),
        (60, 100, False, "10.00"),
        (99, 100, False, "10.00"),
        (0, 100, False, "0.00"),
        (5, 0, False, "0.00"),  # no figure
        (90, 100, True, "6.67"),
        (60, 100, True, "10.00"),
        (0, 100, True, "10.00"),
        (1, 3, False, "5.56"),
    ],
)
def test_proportional_is_points_by_value_to_target(
    numerator: int, denominator: int, lower: bool, expected: str
) -> None:
    scored = points_of(rule("proportional", lower_is_better=lower), Measure(numerator, denominator), D(60))
    assert scored == D(expected)


@pytest.mark.parametrize(
    ("numerator", "lower", "expected"),
    [
        (900, False, "10.00"),
        (890, False, "9.50"),  # one whole step is one
        (889, False, "9.00"),  # a step begun counts
        (899, False, "9.50"),
        (0, False, "0.00"),
        (910, True, "9.50"),
        (911, True, "9.00"),
        (890, True, "10.00"),
    ],
)
def test_deduct_costs_each_step_that_is_begun(numerator: int, lower: bool, expected: str) -> None:
    scored = rule("deduct", step=D(1), step_points=D("0.5"), lower_is_better=lower)
    assert points_of(scored, Measure(numerator, 1000), D(90)) == D(expected)


def test_bands_give_the_points_of_the_first_bound_reached() -> None:
    bands = rule("bands", bounds=[D(95), D(90)], bound_points=[D(8), D(6)])
    assert [points_of(bands, Measure(n, 100), None) for n in (95, 94, 90, 89)] == [D(8), D(6), D(6), D(0)]
    lower = rule("bands", bounds=[D(0), D(2)], bound_points=[D(3), D(1)], lower_is_better=True)
    assert [points_of(lower, Measure(n), None) for n in (0, 2, 3)] == [D(3), D(1), D(0)]


def test_pass_fail_is_all_or_nothing() -> None:
    assert points_of(rule("pass_fail"), Measure(90, 100), D(90)) == D(10)
    assert points_of(rule("pass_fail"), Measure(8999, 10000), D(90)) == D(0)


def test_findings_deduct_what_they_say_and_never_more_than_there_is() -> None:
    for measure, expected in ((Measure(D("2.5")), "7.50"), (Measure(11), "0.00"), (None, "10.00")):
        assert points_of(rule("findings", source="findings:centre"), measure, None) == D(expected)


def test_points_by_hand_are_not_computed() -> None:
    assert points_of(rule("manual", source=""), None, None) is None
    assert points_of(rule("pass_fail", source=""), None, None) is None


def test_target_of_nothing_is_reached_by_nothing_more() -> None:
    lower = rule("proportional", lower_is_better=True)
    assert [points_of(lower, Measure(n), D(0)) for n in (0, 1)] == [D(10), D(0)]


def test_total_is_capped_and_graded_no_better_than_the_vetoes_allow() -> None:
    version = RubricVersion(excellent_from=D(90), good_from=D(80), pass_from=D(60))
    assert judged(version, D("89.99")).grade == "good"
    assert judged(version, D(90)).grade == "excellent"
    capped = judged(version, D(95), [Veto(total_most=D(59))])
    assert (capped.total, capped.grade) == (D(59), "fail")
    graded = judged(version, D(95), [Veto(grade="fail")])
    assert (graded.total, graded.grade) == (D(95), "fail")
    assert judged(version, D(50), [Veto(grade="pass")]).grade == "fail"


def test_veto_is_triggered_from_its_number_on_and_not_without_a_figure() -> None:
    veto = Veto(trigger=D(1))
    assert [is_triggered(veto, each) for each in (Measure(1), Measure(0), None, Measure(0, 0))] == [
        True,
        False,
        False,
        False,
    ]


# --- Against the second implementation (tests/reference/scores.py) ---------------------------------------------------

# How long a draw takes says nothing about a rule.
hundredths = partial(st.decimals, places=2, allow_nan=False)
RULES = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["proportional", "deduct", "pass_fail", "bands"]),
        "points": hundredths(min_value="0.01", max_value=100),
        "lower_is_better": st.booleans(),
        "step": hundredths(min_value="0.01", max_value=20),
        "step_points": hundredths(min_value="0.01", max_value=20),
        "bands": st.lists(
            st.tuples(hundredths(min_value=0, max_value=100), hundredths(min_value=0, max_value=100)), max_size=3
        ),
    }
)
COUNTS = st.integers(0, 10**6) | st.integers(0, 10**14)


@given(said=RULES, target=hundredths(min_value=0, max_value=200), numerator=COUNTS, denominator=COUNTS)
def test_points_equal_the_slow_second_implementation(
    said: dict[str, Any], target: Decimal, numerator: int, denominator: int
) -> None:
    bands = sorted(said["bands"], reverse=not said["lower_is_better"])
    fields = {name: value for name, value in said.items() if name != "bands"}
    bounds = {"bounds": [bound for bound, _worth in bands], "bound_points": [worth for _bound, worth in bands]}
    scored = Rule(source="indicator:coverage", **fields, **bounds)
    expected = slow.points(said | {"bands": bands}, numerator, denominator, target)
    assert points_of(scored, Measure(numerator, denominator), target) == expected


@given(
    sections=st.lists(
        st.tuples(
            st.none() | hundredths(min_value="0.01", max_value=10),
            st.lists(
                hundredths(min_value="0.01", max_value=50).flatmap(
                    lambda full: st.tuples(hundredths(min_value=0, max_value=full), st.just(full))
                ),
                max_size=4,
            ),
        ),
        max_size=5,
    ),
    caps=st.lists(hundredths(min_value=0, max_value=100), max_size=2),
    worst=st.lists(st.sampled_from(["excellent", "good", "pass", "fail"]), max_size=2),
)
def test_total_and_grade_equal_the_slow_second_implementation(
    sections: list[tuple[Decimal | None, list[tuple[Decimal, Decimal]]]], caps: list[Decimal], worst: list[str]
) -> None:
    version = RubricVersion(pk=1, excellent_from=D(90), good_from=D(80), pass_from=D(60))
    made, given_points = [], {}
    for place, (most, rules) in enumerate(sections):
        section = Section(pk=place, bonus_most=most)
        own = [Rule(pk=place * 10 + number, points=full) for number, (_given, full) in enumerate(rules)]
        given_points |= {each.pk: given for each, (given, _full) in zip(own, rules, strict=True)}
        section._prefetched_objects_cache = {"rules": own}  # type: ignore[attr-defined]
        made.append(section)
    version._prefetched_objects_cache = {"sections": made}  # type: ignore[attr-defined]
    hits = [*(Veto(total_most=cap) for cap in caps), *(Veto(grade=grade) for grade in worst)]
    found = outcome(version, parts_of(version), given_points, hits)
    assert (found.total, found.grade) == slow.result(sections, [D(90), D(80), D(60)], caps, worst)


@given(st.fractions(min_value=0, max_value=1000))
def test_rounding_is_half_up_to_the_cent(value: Fraction) -> None:
    found = Fraction(rounded(value))
    assert found - Fraction(1, 200) <= value < found + Fraction(1, 200)
