"""Every indicator on a district of six people, counted by hand: what docs/rules.md says, in literal numbers."""

from datetime import date
from decimal import Decimal

import pytest

from assessments.actions.months import compute
from assessments.indicators import BY_CODE
from assessments.models import Figure, Revision
from teams.rates import rate
from tests.factories import make_coverage
from tests.small_district import OCTOBER, REPORT, SmallDistrict, make_small_district

Counts = tuple[int, int]

# The whole district: indicator, category -> numerator, denominator.
DISTRICT: dict[tuple[str, str], Counts] = {
    # Wang, Li and Wu are signed; with them Zhou and Zheng live here, Sun is dead.
    ("coverage", "all"): (3, 5),
    ("coverage", "key"): (2, 3),
    ("coverage", "elderly"): (1, 1),
    ("coverage", "child"): (0, 1),
    ("coverage", "hypertension"): (1, 1),
    ("coverage", "diabetes"): (1, 1),
    ("coverage", "maternal"): (0, 0),
    ("paid_coverage", "all"): (1, 5),
    ("paid_coverage", "diabetes"): (0, 1),
    ("household_coverage", "all"): (2, 3),
    # Zhou's and Wu's contracts ran out in August; only Wu signed again.
    ("renewal", "all"): (1, 2),
    ("renewal", "child"): (0, 1),
    # Due by October: three readings of Wang's (all taken, one late), one advice of Li's (not given).
    ("item_completion", "all"): (3, 4),
    ("item_on_time", "all"): (2, 4),
    ("package_completion", "all"): (1, 2),
    ("item_completion", "diabetes"): (0, 1),
    # Wang and Li signed more than 90 days ago, Wu 77 days ago; nobody has seen Li.
    ("unserved", "all"): (1, 2),
    ("unserved", "hypertension"): (0, 1),
    # Wang: four readings in twelve months, the last at 148/85, which is at goal from 65 years on; no examination.
    ("managed", "hypertension"): (1, 1),
    ("managed", "elderly"): (0, 1),
    # Li: one service is required after five whole months on the register.
    ("managed", "diabetes"): (0, 1),
    ("controlled", "hypertension"): (1, 1),
    ("controlled", "diabetes"): (0, 0),
    # Wang at the clinic and the hospital, Wu at the hospital; Li's visit was before the contract.
    ("primary_share", "all"): (1, 3),
    ("visit_cost", "all"): (30005, 3),
    ("satisfaction", "all"): (2, 3),
    ("awareness", "all"): (1, 2),
    ("phone_valid", "all"): (2, 3),
}
CLINIC: dict[tuple[str, str], Counts] = {
    ("coverage", "all"): (0, 1),
    ("household_coverage", "all"): (0, 1),
    ("unserved", "all"): (0, 0),
    ("satisfaction", "all"): (0, 1),
}
TEAM: dict[tuple[str, str], Counts] = {
    # Of those who live in its village (Wang, Li, Zhou), the team covers two; they make up one household of two.
    ("coverage", "all"): (2, 3),
    ("household_coverage", "all"): (1, 2),
    ("renewal", "all"): (0, 1),
    ("item_completion", "all"): (3, 4),
    ("unserved", "all"): (1, 2),
    ("primary_share", "all"): (1, 2),
    ("visit_cost", "all"): (23050, 2),
    ("managed", "hypertension"): (1, 1),
}
IDLE_TEAM: dict[tuple[str, str], Counts] = {
    # It serves no village, so it has no population; what is signed with it counts all the same.
    ("coverage", "all"): (0, 0),
    ("household_coverage", "all"): (0, 0),
    ("unserved", "all"): (0, 0),
    ("primary_share", "all"): (0, 1),
    ("visit_cost", "all"): (6955, 1),
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> SmallDistrict:
    return make_small_district()


@pytest.fixture
def october(district: SmallDistrict) -> Revision:
    return compute(month=OCTOBER, as_of=REPORT)


def counted(
    revision: Revision, institution: str, team: str | None, expected: dict[tuple[str, str], Counts]
) -> dict[tuple[str, str], Counts]:
    """The same figures as `expected` holds, as the engine counts them."""
    figures = Figure.objects.filter(revision=revision, institution__code=institution, team__code=team)
    return {
        (row.indicator, row.category): (row.numerator, row.denominator)
        for row in figures
        if (row.indicator, row.category) in expected
    }


@pytest.mark.parametrize(
    ("institution", "team", "expected"),
    [("B", None, DISTRICT), ("C", None, DISTRICT), ("V", None, CLINIC), ("C", "T1", TEAM), ("C", "T2", IDLE_TEAM)],
    ids=["district", "centre", "clinic", "team", "team without villages"],
)
def test_unit_counts_what_was_counted_by_hand(
    october: Revision, institution: str, team: str | None, expected: dict[tuple[str, str], Counts]
) -> None:
    assert counted(october, institution, team, expected) == expected


def test_every_indicator_is_counted_by_hand() -> None:
    assert {indicator for indicator, _category in DISTRICT} == set(BY_CODE)


def test_rates_of_the_district_are_those_of_a_pocket_calculator() -> None:
    rates = {code: rate(*DISTRICT[code, "all"], BY_CODE[code].unit) for code in ("coverage", "renewal", "visit_cost")}
    assert rates == {"coverage": Decimal("60.00"), "renewal": Decimal("50.00"), "visit_cost": Decimal("100.02")}


@pytest.mark.parametrize(("start_on", "expected"), [(date(2018, 8, 3), (1, 2)), (date(2018, 8, 2), (2, 3))])
def test_contract_is_expected_to_be_served_after_ninety_days(
    district: SmallDistrict, start_on: date, expected: Counts
) -> None:
    make_coverage(resident=district.zheng, team=district.team, start_on=start_on, end_on=date(2019, 7, 31))
    found = {("unserved", "all"): expected}
    assert counted(compute(month=OCTOBER, as_of=REPORT), "B", None, found) == found


def test_person_who_turns_65_after_the_report_date_is_not_elderly_yet(district: SmallDistrict) -> None:
    district.li.birth_date = "1953-11-01"
    district.li.save()
    elderly = {("coverage", "elderly"): (1, 1)}
    assert counted(compute(month=OCTOBER, as_of=REPORT), "B", None, elderly) == elderly
    november = compute(month=OCTOBER.replace(month=11))
    assert counted(november, "B", None, elderly) == {("coverage", "elderly"): (2, 2)}
