"""The reference's figures counted by hand: each expected value is worked out from rules.md, not from the code."""

from datetime import date
from decimal import Decimal

import pytest

from tests.reference.facts import (
    Answer,
    Coverage,
    Facts,
    Held,
    Institution,
    Parent,
    PhoneCheck,
    PolicyValue,
    Register,
    Resident,
    Service,
    Suspension,
    Team,
    TeamVillage,
    Transfer,
    Visit,
    Waiver,
)
from tests.reference.indicators import figures

ALWAYS = date(1900, 1, 1)
DAY = date(2018, 10, 31)
YEAR = {"start_on": date(2018, 1, 1), "end_on": date(2018, 12, 31)}
PLACES = {
    "institutions": [Institution("B", "bureau"), Institution("K"), Institution("L")],
    "parents": [Parent("K", "B", ALWAYS), Parent("L", "B", ALWAYS)],
    "teams": [Team("T", "K"), Team("U", "K")],
    "team_villages": [TeamVillage("T", "v", ALWAYS)],
}
ANNA = Resident(1, date(1980, 5, 5), "K", "v", "home")
BEN = Resident(2, date(1981, 5, 5), "L", "w", "home")
COVERED = Coverage(1, 1, "T", **YEAR)
QUARTERLY = Held(1, 1, "P1", items=(("s", 4),))


def figure(indicator: str, unit: str = "B", category: str = "all", day: date = DAY, **facts: object) -> object:
    """Numerator and denominator of one institution ("B") or team ("K/T")."""
    institution, _, team = unit.partition("/")
    return figures(Facts(**{**PLACES, **facts}), day).get((institution, team, category, indicator))


def served(*days: date, item: str = "s", **readings: object) -> list[Service]:
    """Services to Anna on the days."""
    return [Service(number, 1, item, day, **readings) for number, day in enumerate(days, start=1)]


# --- People ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "counted"),
    [
        ({}, 1),
        ({"registered_on": DAY}, 1),
        ({"registered_on": date(2018, 11, 1)}, 0),
        ({"died_on": DAY}, 0),
        ({"moved_out_on": DAY}, 0),
        ({"died_on": date(2018, 11, 1)}, 1),
    ],
)
def test_population_and_coverage_follow_the_dates_of_the_resident(dates: dict[str, date], counted: int) -> None:
    anna = Resident(1, date(1980, 5, 5), "K", "v", **dates)
    assert figure("coverage", residents=[anna], coverages=[COVERED]) == (counted, counted)


@pytest.mark.parametrize(
    ("terminated_on", "suspension", "in_force"),
    [
        (None, None, 1),
        (DAY, None, 0),
        (date(2018, 11, 1), None, 1),
        (None, (DAY, None), 0),
        (None, (date(2018, 10, 1), DAY), 1),
        (None, (DAY, DAY), 1),
    ],
)
def test_coverage_is_cut_by_termination_and_suspension(
    terminated_on: date | None, suspension: tuple[date, date | None] | None, in_force: int
) -> None:
    coverage = Coverage(1, 1, "T", **YEAR, terminated_on=terminated_on)
    suspensions = [Suspension(1, *suspension)] if suspension else []
    assert figure("coverage", residents=[ANNA], coverages=[coverage], suspensions=suspensions) == (in_force, 1)


def test_coverage_adds_up_the_tree_of_the_day() -> None:
    parents = [Parent("K", "B", ALWAYS, date(2018, 11, 1)), Parent("K", "L", date(2018, 11, 1)), *PLACES["parents"][1:]]
    facts = {"parents": parents, "residents": [ANNA, BEN], "coverages": [COVERED]}
    assert [figure("coverage", unit, **facts) for unit in ("B", "K", "L")] == [(1, 2), (1, 1), (0, 1)]
    november = {"day": date(2018, 11, 30), **facts}
    assert [figure("coverage", unit, **november) for unit in ("B", "K", "L")] == [(1, 2), (1, 1), (1, 2)]


def test_resident_counts_where_the_first_transfer_after_the_day_left_from() -> None:
    transfers = [Transfer(1, date(2018, 12, 1), "B", "x"), Transfer(1, date(2018, 11, 1), "L", "w")]
    facts = {"residents": [ANNA], "transfers": transfers}
    assert [figure("coverage", unit, **facts) for unit in ("K", "L")] == [(0, 0), (0, 1)]
    assert [figure("coverage", unit, day=date(2018, 11, 1), **facts) for unit in ("B", "K")] == [(0, 1), (0, 0)]
    assert [figure("coverage", unit, day=date(2018, 12, 1), **facts) for unit in ("B", "K")] == [(0, 1), (0, 1)]


def test_team_counts_residents_of_its_villages_and_those_that_it_covers_itself() -> None:
    facts = {"residents": [ANNA, BEN], "coverages": [Coverage(1, 1, "U", **YEAR)]}
    facts["team_villages"] = [TeamVillage("T", "v", ALWAYS, date(2018, 11, 1)), TeamVillage("U", "v", ALWAYS)]
    assert [figure("coverage", unit, **facts) for unit in ("K/T", "K/U")] == [(0, 1), (1, 1)]
    assert figure("coverage", "K/T", day=date(2018, 11, 30), **facts) == (0, 0)


def test_paid_coverage_needs_a_package_with_a_price() -> None:
    facts = {"residents": [ANNA], "coverages": [COVERED]}
    assert figure("paid_coverage", held=[Held(1, 1, "P1")], **facts) == (0, 1)
    assert figure("paid_coverage", held=[Held(1, 1, "P1"), Held(2, 1, "P2", Decimal("0.01"))], **facts) == (1, 1)


def test_household_counts_once_in_each_institution_that_manages_a_member() -> None:
    cara = Resident(3, date(2010, 1, 1), "K", "v", "home")
    facts = {"residents": [ANNA, BEN, cara], "coverages": [COVERED]}
    found = [figure("household_coverage", unit, **facts) for unit in ("K", "L", "B", "K/T")]
    assert found == [(1, 1), (0, 1), (1, 2), (1, 1)]


def test_categories_are_as_of_the_day_and_key_counts_a_person_once() -> None:
    old = Resident(1, date(1953, 10, 31), "K")
    child = Resident(2, date(2011, 10, 31), "K")
    registers = [
        Register(1, "diabetes", date(2018, 1, 1), DAY),
        Register(1, "hypertension", DAY),
        Register(2, "copd", DAY),
    ]
    facts = {"residents": [old, child, Resident(3, date(1980, 1, 1), "K")], "registers": registers}
    facts["registers_added"] = ["copd"]
    found = {code: figure("coverage", category=code, **facts)[1] for code in ("elderly", "child", "diabetes", "copd")}
    assert found == {"elderly": 1, "child": 0, "diabetes": 0, "copd": 1}
    assert figure("coverage", category="key", **facts) == (0, 2)
    assert figure("coverage", category="child", day=date(2018, 10, 30), **facts) == (0, 1)


@pytest.mark.parametrize(
    ("end_on", "terminated_on", "expected"),
    [
        (date(2018, 1, 1), None, (1, 1)),
        (date(2017, 12, 31), None, (0, 0)),
        (date(2018, 10, 30), None, (0, 1)),
        (DAY, None, (0, 0)),
        (date(2018, 5, 1), date(2018, 5, 1), (0, 0)),
        (date(2018, 5, 1), date(2018, 5, 2), (1, 1)),
    ],
)
def test_renewal_is_due_to_those_whose_coverage_reached_its_end_this_year(
    end_on: date, terminated_on: date | None, expected: tuple[int, int]
) -> None:
    old = Coverage(1, 1, "T", date(2016, 1, 1), end_on, terminated_on)
    new = Coverage(2, 1, "T", date(2018, 5, 2), date(2019, 5, 1))
    coverages = [old, new] if end_on < new.start_on else [old]
    if expected == (0, 0):
        coverages = [old]
    assert figure("renewal", residents=[ANNA], coverages=coverages) == expected
    assert figure("renewal", "K/T", residents=[ANNA], coverages=coverages) == expected


# --- Obligations, packages, services --------------------------------------------------------------------------------


def ledger_facts(**more: object) -> dict[str, object]:
    """Anna owes four services in 2018: met on time, late, not at all; the fourth isn't due on 31 October."""
    services = served(date(2018, 3, 31), date(2018, 7, 1), date(2018, 7, 2))
    return {"residents": [ANNA], "coverages": [COVERED], "held": [QUARTERLY], "services": services, **more}


def test_obligations_due_this_year_are_met_and_met_on_time() -> None:
    assert figure("item_completion", **ledger_facts()) == (3, 3)
    assert figure("item_on_time", **ledger_facts()) == (2, 3)
    assert figure("item_completion", day=date(2018, 7, 1), **ledger_facts()) == (1, 2)
    assert figure("item_completion", day=date(2019, 1, 31), **ledger_facts()) == (0, 0)


def test_obligations_that_are_waived_suspended_or_after_death_do_not_count() -> None:
    waiver = Waiver(1, "s", date(2018, 1, 1), DAY)
    assert figure("item_completion", **ledger_facts(waivers=[waiver])) == (2, 2)
    assert figure("item_completion", day=date(2018, 10, 30), **ledger_facts(waivers=[waiver])) == (3, 3)
    suspended = [Suspension(1, date(2018, 6, 30), date(2018, 7, 1))]
    assert figure("item_completion", **ledger_facts(suspensions=suspended)) == (2, 2)
    dead = Resident(1, date(1980, 5, 5), "K", "v", died_on=date(2018, 6, 30))
    assert figure("item_completion", **ledger_facts(residents=[dead])) == (1, 1)


def test_termination_on_a_due_date_cancels_that_obligation() -> None:
    for terminated_on, expected in ((date(2018, 6, 30), (1, 1)), (date(2018, 7, 1), (1, 2))):
        coverage = Coverage(1, 1, "T", **YEAR, terminated_on=terminated_on)
        assert figure("item_completion", **ledger_facts(coverages=[coverage])) == expected


def test_package_is_complete_when_all_its_counting_obligations_are_met() -> None:
    two = [QUARTERLY, Held(2, 1, "P2", items=(("x", 12),)), Held(3, 1, "P3", items=(("y", 1),))]
    assert figure("package_completion", **ledger_facts()) == (1, 1)
    assert figure("package_completion", **ledger_facts(held=two)) == (1, 2)
    assert figure("package_completion", "K/T", day=date(2018, 7, 1), **ledger_facts()) == (0, 1)


def test_obligations_stay_with_the_team_that_signed_and_the_place_of_the_day() -> None:
    moved = Resident(1, date(1980, 5, 5), "L", "w", moved_out_on=date(2018, 10, 1))
    facts = ledger_facts(residents=[moved])
    assert [figure("item_on_time", unit, **facts) for unit in ("K/T", "K/U", "K", "L", "B")] == [
        (2, 3),
        (0, 0),
        (0, 0),
        (2, 3),
        (2, 3),
    ]


@pytest.mark.parametrize(
    ("start_on", "last_service", "expected"),
    [
        (date(2018, 8, 2), None, (1, 1)),  # 90 days before 31 October
        (date(2018, 8, 3), None, (0, 0)),
        (date(2017, 6, 1), date(2017, 11, 1), (0, 1)),  # 364 days before
        (date(2017, 6, 1), date(2017, 10, 31), (1, 1)),
        (date(2018, 8, 2), date(2018, 8, 1), (1, 1)),
        (date(2018, 8, 2), date(2018, 11, 1), (1, 1)),
    ],
)
def test_unserved_after_90_days_without_any_service(
    start_on: date, last_service: date | None, expected: tuple[int, int]
) -> None:
    services = served(last_service) if last_service else []
    coverages = [Coverage(1, 1, "T", start_on, date(2019, 5, 31))]
    assert figure("unserved", residents=[ANNA], coverages=coverages, services=services) == expected


@pytest.mark.parametrize(
    ("from_on", "given", "expected"),
    [
        (date(2017, 1, 1), 4, (1, 1)),
        (date(2017, 1, 1), 3, (0, 1)),
        (date(2018, 2, 1), 3, (1, 1)),  # nine months: three are required
        (date(2018, 2, 2), 2, (1, 1)),  # eight: two
        (date(2018, 8, 1), 0, (0, 1)),  # three: one
        (date(2018, 8, 2), 0, (0, 0)),  # two: none
    ],
)
def test_managed_needs_the_standard_services_in_proportion(
    from_on: date, given: int, expected: tuple[int, int]
) -> None:
    days = [date(2017, 10, 31), *(date(2017, 11, 1), date(2018, 2, 2), date(2018, 5, 5), DAY)[4 - given :]]
    facts = {"residents": [ANNA], "registers": [Register(1, "hypertension", from_on)]}
    facts["services"] = served(*days, kind="htn_follow_up")
    assert figure("managed", category="hypertension", **facts) == expected


def test_managed_elderly_count_from_a_year_after_the_birthday() -> None:
    for birth_date, expected in ((date(1952, 11, 1), (0, 1)), (date(1952, 11, 2), (0, 0))):
        residents = [Resident(1, birth_date, "K")]
        assert figure("managed", category="elderly", residents=residents) == expected


@pytest.mark.parametrize(
    ("birth_date", "readings", "expected"),
    [
        (date(1980, 1, 1), [(139, 89)], (1, 1)),
        (date(1980, 1, 1), [(140, 89)], (0, 1)),
        (date(1953, 10, 31), [(149, 89)], (1, 1)),
        (date(1953, 11, 1), [(149, 89)], (0, 1)),
        (date(1953, 10, 31), [(149, 90)], (0, 1)),
        (date(1980, 1, 1), [(139, 89), (139, 90)], (0, 1)),
        (date(1980, 1, 1), [(120, None)], (0, 0)),
    ],
)
def test_controlled_takes_the_worse_of_the_latest_days_readings(
    birth_date: date, readings: list[tuple[int, int | None]], expected: tuple[int, int]
) -> None:
    services = [
        Service(number, 1, f"s{number}", date(2018, 9, 1), systolic=systolic, diastolic=diastolic)
        for number, (systolic, diastolic) in enumerate(readings)
    ]
    services.append(Service(9, 1, "s", date(2018, 8, 31), systolic=120, diastolic=100))
    services.append(Service(8, 1, "s", date(2018, 11, 1), systolic=190, diastolic=100))
    if expected == (0, 0):
        services = services[:1]
    facts = {"residents": [Resident(1, birth_date, "K")], "registers": [Register(1, "hypertension", ALWAYS)]}
    assert figure("controlled", category="hypertension", services=services, **facts) == expected


def test_controlled_diabetes_is_below_seven() -> None:
    facts = {"residents": [ANNA], "registers": [Register(1, "diabetes", ALWAYS)], "coverages": [COVERED]}
    for glucose, expected in (("6.9", (1, 1)), ("7.0", (0, 1))):
        services = served(date(2017, 11, 1), fasting_glucose=Decimal(glucose))
        assert figure("controlled", category="diabetes", services=services, **facts) == expected
        assert figure("controlled", "K/T", category="diabetes", services=services, **facts) == expected
    old = served(date(2017, 10, 31), fasting_glucose=Decimal("5.0"))
    assert figure("controlled", category="diabetes", services=old, **facts) == (0, 0)


# --- Visits and opinions --------------------------------------------------------------------------------------------


def test_visits_count_on_days_in_force_and_cost_in_fen() -> None:
    visits = [
        Visit(1, date(2018, 1, 1), "K", Decimal("10.50")),
        Visit(1, DAY, "B", Decimal("0.01")),
        Visit(1, date(2017, 12, 31), "K", Decimal(1)),
        Visit(1, date(2018, 11, 1), "K", Decimal(1)),
        Visit(1, date(2018, 5, 5), "K", Decimal(1)),
        Visit(2, date(2018, 5, 6), "K", Decimal(1)),
    ]
    suspensions = [Suspension(1, date(2018, 5, 5), date(2018, 5, 6))]
    facts = {"residents": [ANNA, BEN], "coverages": [COVERED], "suspensions": suspensions, "visits": visits}
    assert [figure("primary_share", unit, **facts) for unit in ("B", "K/T", "L")] == [(1, 2), (1, 2), (0, 0)]
    assert figure("visit_cost", **facts) == (1051, 2)


def test_opinions_of_the_year_count_for_the_place_and_the_covering_team() -> None:
    answers = [Answer(1, DAY, 4), Answer(2, date(2018, 1, 1), 3), Answer(1, date(2017, 12, 31), 5)]
    checks = [PhoneCheck(1, DAY, "family", True), PhoneCheck(2, DAY, "resident"), PhoneCheck(2, DAY, "off")]
    facts = {"residents": [ANNA, BEN], "coverages": [COVERED], "answers": answers, "phone_checks": checks}
    assert [figure("satisfaction", unit, **facts) for unit in ("B", "L", "K/T")] == [(1, 2), (0, 1), (1, 1)]
    assert [figure("awareness", unit, **facts) for unit in ("B", "L", "K/T")] == [(1, 2), (0, 1), (1, 1)]
    assert [figure("phone_valid", unit, **facts) for unit in ("B", "L", "K/T")] == [(2, 3), (1, 2), (1, 1)]


# --- Units and settings ---------------------------------------------------------------------------------------------


def test_units_exist_with_people_with_teams_or_with_what_counts() -> None:
    gone = {"teams": [Team("T", "K", dissolved_on=DAY)]}
    assert figure("coverage", "B", **gone) is None
    assert figure("coverage", "K/T", residents=[ANNA], **gone) is None
    assert figure("coverage", "K/T", residents=[ANNA], coverages=[COVERED], **gone) == (1, 1)
    assert figure("coverage", "L", residents=[ANNA]) is None
    assert figure("coverage", "B") == (0, 0)
    unborn = [Resident(1, date(2018, 11, 1), "L")]
    assert figure("coverage", "L", residents=unborn) is None


def test_policy_values_hold_from_their_day() -> None:
    values = [PolicyValue("elderly_age", 60, DAY), PolicyValue("elderly_age", 70, date(2017, 1, 1))]
    facts = {"residents": [Resident(1, date(1958, 10, 31), "K")], "policy_values": values}
    assert figure("coverage", category="elderly", **facts) == (0, 1)
    assert figure("coverage", category="elderly", day=date(2018, 10, 30), **facts) == (0, 0)
