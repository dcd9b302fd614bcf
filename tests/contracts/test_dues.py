"""What is owed, in the database and by the slow second implementation."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from teams.policy import DEFAULTS
from tests.reference.examples import district, on_random_districts
from tests.reference.facts import load_facts
from tests.reference.fees import dues, split, unpaid_days
from tests.reference.settings import POLICY

pytestmark = pytest.mark.django_db


def stored(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sorted(cursor.fetchall())


@on_random_districts(examples=8)
def test_dues_are_those_of_the_reference_to_the_cent(seed: int) -> None:
    with district(seed):
        facts = load_facts()
        found = stored('select coverage_id, payer, "on", is_released, fen from contracts_due')
        slow = [(due.coverage, due.payer, due.on, due.is_released, int(due.amount * 100)) for due in dues(facts)]
        assert found == sorted(slow)
        unpaid = stored("select coverage_id, from_on, to_on from contracts_unpaid where payer = 'resident'")
        days = unpaid_days(facts, "resident")
        assert unpaid == sorted((key, *period) for key, periods in days.items() for period in periods)


def test_default_of_the_refund_policy_is_the_same_in_the_database() -> None:
    """The view is told apart from the settings: its default must not drift from theirs."""
    assert DEFAULTS["refund_unused_months"] == POLICY["refund_unused_months"] == 1


@pytest.mark.parametrize(
    ("months", "expected"),
    [(12, ["20.00", "12.00", "8.00"]), (7, ["11.66", "7.00", "4.67"]), (1, ["1.66", "1.00", "0.67"])],
)
def test_begun_months_are_split_by_largest_remainder(months: int, expected: list[str]) -> None:
    yearly = {"public_health": Decimal("20.00"), "medical_insurance": Decimal("12.00"), "resident": Decimal("8.00")}
    assert list(split(yearly, months).values()) == [Decimal(each) for each in expected]


def test_months_begun_count_from_the_first_day() -> None:
    days = [
        (date(2018, 1, 31), date(2018, 1, 31), 1),
        (date(2018, 1, 31), date(2018, 2, 27), 1),
        (date(2018, 1, 31), date(2018, 2, 28), 2),
        (date(2016, 2, 29), date(2017, 2, 27), 12),
        (date(2018, 7, 15), date(2018, 7, 14), 0),
    ]
    for first, last, months in days:
        assert stored(f"select contracts_months_begun('{first}', '{last}')") == [(months,)]
