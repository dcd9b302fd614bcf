"""The reference's dates and ledger counted by hand: each expected value is worked out from rules.md, not the code."""

from datetime import date

import pytest

from tests.reference.days import add_months, age_on, birthday, whole_months
from tests.reference.facts import Anchored, Coverage, Facts, Held, Register, Service, Waiver
from tests.reference.ledger import anchored_windows, ledger, match, obligations, windows

YEAR = {"start_on": date(2018, 1, 1), "end_on": date(2018, 12, 31)}
COVERED = Coverage(1, 1, "T", **YEAR)
QUARTERLY = Held(1, 1, "P1", items=(("s", 4),))


def served(*days: date, item: str = "s") -> list[Service]:
    """Services to the covered resident on the days."""
    return [Service(number, 1, item, day) for number, day in enumerate(days, start=1)]


def met(coverage: Coverage, held: list[Held], services: list[Service], waivers: tuple[Waiver, ...] = ()) -> list:
    """(package, due on, met on) of every obligation that was met, in order of windows and packages."""
    found = match(coverage, obligations(coverage, held), services, waivers)
    return sorted((owed.package[0], owed.due_on, service.performed_on) for owed, service in found.items())


# --- Dates ----------------------------------------------------------------------------------------------------------


def test_add_months_cuts_to_the_last_day_of_the_month() -> None:
    assert add_months(date(2018, 1, 31), 1) == date(2018, 2, 28)
    assert add_months(date(2016, 2, 29), 12) == date(2017, 2, 28)
    assert add_months(date(2018, 3, 31), -1) == date(2018, 2, 28)
    assert add_months(date(2018, 12, 15), 1) == date(2019, 1, 15)


def test_birthday_of_29_february_is_1_march_in_other_years() -> None:
    assert birthday(date(1952, 2, 29), 65) == date(2017, 3, 1)
    assert age_on(date(1952, 2, 29), date(2017, 2, 28)) == 64
    assert age_on(date(1952, 2, 29), date(2017, 3, 1)) == 65
    assert age_on(date(1952, 2, 29), date(2016, 2, 29)) == 64


def test_whole_months_count_both_ends() -> None:
    assert whole_months(date(2018, 10, 1), date(2018, 10, 31)) == 1
    assert whole_months(date(2018, 10, 2), date(2018, 10, 31)) == 0
    assert whole_months(date(2018, 1, 31), date(2018, 2, 27)) == 1
    assert whole_months(date(2010, 1, 1), date(2018, 2, 27)) == 12


# --- Windows and matching -------------------------------------------------------------------------------------------


def test_quarterly_windows_are_three_months_each() -> None:
    assert windows(date(2018, 1, 15), date(2019, 1, 14), 4) == [
        (date(2018, 1, 15), date(2018, 4, 14)),
        (date(2018, 4, 15), date(2018, 7, 14)),
        (date(2018, 7, 15), date(2018, 10, 14)),
        (date(2018, 10, 15), date(2019, 1, 14)),
    ]


def test_monthly_windows_from_the_31st_keep_the_day_cut_to_the_month() -> None:
    assert windows(date(2018, 1, 31), date(2019, 1, 30), 12)[:3] == [
        (date(2018, 1, 31), date(2018, 2, 27)),
        (date(2018, 2, 28), date(2018, 3, 30)),
        (date(2018, 3, 31), date(2018, 4, 29)),
    ]


@pytest.mark.parametrize(
    ("times", "openings"),
    [
        # 365 ÷ 5 = 73: no rounding
        (5, ["01-01", "03-15", "05-27", "08-08", "10-20"]),
        # 52.14 → 52, 104.29 → 104, 156.43 → 156, 208.57 → 209, 260.71 → 261, 312.86 → 313
        (7, ["01-01", "02-22", "04-15", "06-06", "07-29", "09-19", "11-10"]),
        # 36.5 → 37, 73, 109.5 → 110, 146, 182.5 → 183, 219, 255.5 → 256, 292, 328.5 → 329: halves go up
        (10, ["01-01", "02-07", "03-15", "04-21", "05-27", "07-03", "08-08", "09-14", "10-20", "11-26"]),
    ],
)
def test_windows_of_times_that_do_not_divide_12_open_by_days(times: int, openings: list[str]) -> None:
    found = windows(date(2018, 1, 1), date(2018, 12, 31), times)
    assert [f"{opens_on:%m-%d}" for opens_on, _ in found] == openings
    assert found[-1][1] == date(2018, 12, 31)


def test_contract_years_from_29_february_begin_on_the_28th_until_the_next_leap_year() -> None:
    assert windows(date(2016, 2, 29), date(2020, 3, 15), 1) == [
        (date(2016, 2, 29), date(2017, 2, 27)),
        (date(2017, 2, 28), date(2018, 2, 27)),
        (date(2018, 2, 28), date(2019, 2, 27)),
        (date(2019, 2, 28), date(2020, 2, 28)),
        (date(2020, 2, 29), date(2020, 3, 15)),
    ]


def test_windows_of_an_odd_term_are_cut_by_its_end_or_missing() -> None:
    assert windows(date(2018, 1, 1), date(2018, 8, 10), 3) == [
        (date(2018, 1, 1), date(2018, 4, 30)),
        (date(2018, 5, 1), date(2018, 8, 10)),
    ]
    assert windows(date(2018, 1, 1), date(2018, 1, 1), 12) == [(date(2018, 1, 1), date(2018, 1, 1))]


def test_services_meet_the_window_that_holds_them_whatever_their_order() -> None:
    services = served(date(2018, 9, 30), date(2018, 1, 1))
    expected = [("P1", date(2018, 3, 31), date(2018, 1, 1)), ("P1", date(2018, 9, 30), date(2018, 9, 30))]
    assert met(COVERED, [QUARTERLY], services) == expected
    assert met(COVERED, [QUARTERLY], services[::-1]) == expected


def test_a_second_service_in_a_met_window_meets_the_oldest_missed_one() -> None:
    services = served(date(2018, 8, 1), date(2018, 8, 2), date(2018, 8, 3), date(2018, 8, 4))
    assert met(COVERED, [QUARTERLY], services) == [
        ("P1", date(2018, 3, 31), date(2018, 8, 2)),
        ("P1", date(2018, 6, 30), date(2018, 8, 3)),
        ("P1", date(2018, 9, 30), date(2018, 8, 1)),
    ]


def test_a_service_never_meets_a_window_that_has_not_opened() -> None:
    assert met(COVERED, [QUARTERLY], served(date(2018, 1, 5), date(2018, 1, 6))) == [
        ("P1", date(2018, 3, 31), date(2018, 1, 5))
    ]


def test_two_packages_owe_the_same_item_twice_and_the_lower_code_is_met_first() -> None:
    held = [Held(2, 1, "P2", items=(("s", 2),)), Held(1, 1, "P1", items=(("s", 4),))]
    services = served(date(2018, 2, 1), date(2018, 2, 2), date(2018, 8, 1), date(2018, 8, 2), date(2018, 8, 3))
    assert met(COVERED, held, services) == [
        ("P1", date(2018, 3, 31), date(2018, 2, 1)),
        ("P1", date(2018, 6, 30), date(2018, 8, 3)),
        ("P1", date(2018, 9, 30), date(2018, 8, 1)),
        ("P2", date(2018, 6, 30), date(2018, 2, 2)),
        ("P2", date(2018, 12, 31), date(2018, 8, 2)),
    ]


def test_services_outside_the_term_or_of_another_item_meet_nothing() -> None:
    ended = Coverage(1, 1, "T", **YEAR, terminated_on=date(2018, 5, 1))
    assert met(COVERED, [QUARTERLY], served(date(2017, 12, 31), date(2019, 1, 1))) == []
    assert met(COVERED, [QUARTERLY], served(date(2018, 2, 1), item="other")) == []
    assert met(ended, [QUARTERLY], served(date(2018, 4, 30), date(2018, 5, 1))) == [
        ("P1", date(2018, 6, 30), date(2018, 4, 30))
    ]


def test_an_obligation_waived_by_the_day_of_the_service_is_passed_over() -> None:
    services = served(date(2018, 5, 10))
    waived_before = Waiver(1, "s", date(2018, 4, 1), date(2018, 5, 10))
    waived_after = Waiver(1, "s", date(2018, 4, 1), date(2018, 5, 11))
    assert met(COVERED, [QUARTERLY], services, (waived_before,)) == [("P1", date(2018, 3, 31), date(2018, 5, 10))]
    assert met(COVERED, [QUARTERLY], services, (waived_after,)) == [("P1", date(2018, 6, 30), date(2018, 5, 10))]


def test_ledger_holds_the_windows_of_the_full_term_of_an_ended_coverage() -> None:
    ended = Coverage(1, 1, "T", **YEAR, terminated_on=date(2018, 1, 1))
    facts = Facts(coverages=[ended], held=[QUARTERLY], services=served(date(2018, 1, 1)))
    assert [(owed.due_on, service) for _, owed, service in ledger(facts)] == [
        (date(2018, 3, 31), None),
        (date(2018, 6, 30), None),
        (date(2018, 9, 30), None),
        (date(2018, 12, 31), None),
    ]


# --- Windows counted from a birth, a pregnancy, a register ------------------------------------------------------------


def owed(item: Anchored, *registers: Register, birth_date: date = date(2017, 3, 10)) -> list[tuple[str, str]]:
    """First and last day of the windows within 2018."""
    found = anchored_windows(COVERED, item, birth_date, registers)
    return [(str(opens_on), str(due_on)) for opens_on, due_on in found]


def test_windows_of_a_child_follow_from_its_birth() -> None:
    visits = Anchored("s", "age_months", ((6, 7), (8, 11), (12, 17), (18, 23), (24, 29)))
    # 8 months were completed in November; 18 months are completed in September, and 24 after the contract.
    assert owed(visits) == [
        ("2018-01-01", "2018-03-09"),
        ("2018-03-10", "2018-09-09"),
    ]


def test_window_belongs_to_the_contract_that_holds_its_last_day() -> None:
    assert owed(Anchored("s", "age_days", ((0, 7),)), birth_date=date(2018, 12, 24)) == [("2018-12-24", "2018-12-31")]
    assert owed(Anchored("s", "age_days", ((0, 7),)), birth_date=date(2018, 12, 25)) == []
    assert owed(Anchored("s", "age_days", ((0, 7),)), birth_date=date(2017, 12, 25)) == [("2018-01-01", "2018-01-01")]


def test_antenatal_windows_end_before_delivery_and_postpartum_ones_follow_it() -> None:
    contacts = Anchored("s", "pregnancy_weeks", ((0, 12), (16, 20), (37, 40)))
    visits = Anchored("s", "delivery_days", ((0, 7), (28, 42)))
    # 40 weeks before 8 October is New Year's Day.
    expected = Register(1, "maternal", date(2018, 2, 1), expected_on=date(2018, 10, 8))
    assert owed(contacts, expected) == [
        ("2018-02-01", "2018-04-01"),
        ("2018-04-23", "2018-05-27"),
        ("2018-09-17", "2018-10-14"),
    ]
    assert owed(visits, expected) == [("2018-10-08", "2018-10-15"), ("2018-11-05", "2018-11-19")]
    early = Register(1, "maternal", date(2018, 2, 1), expected_on=date(2018, 10, 8), delivered_on=date(2018, 10, 1))
    assert owed(contacts, early) == [("2018-02-01", "2018-04-01"), ("2018-04-23", "2018-05-27")]
    assert owed(visits, early) == [("2018-10-01", "2018-10-08"), ("2018-10-29", "2018-11-12")]


def test_nothing_opens_after_somebody_has_left_the_register() -> None:
    contacts = Anchored("s", "pregnancy_weeks", ((0, 12), (16, 20), (37, 40)))
    left = Register(1, "maternal", date(2018, 2, 1), date(2018, 4, 24), expected_on=date(2018, 10, 8))
    assert owed(contacts, left) == [("2018-02-01", "2018-04-01"), ("2018-04-23", "2018-05-27")]


def test_register_windows_are_those_of_the_packages_categories() -> None:
    first_visit = Anchored("s", "register_days", ((0, 3),), ("tuberculosis",))
    assert owed(first_visit, Register(1, "tuberculosis", date(2018, 5, 2))) == [("2018-05-02", "2018-05-05")]
    assert owed(first_visit, Register(1, "diabetes", date(2018, 5, 2))) == []
