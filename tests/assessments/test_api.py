"""The read-only API of figures."""

from datetime import date

import pytest
from django.test import Client

from assessments.actions import months
from teams.models import Role
from tests.accounts import make_account, make_district

pytestmark = pytest.mark.django_db


def test_figures_api_tells_counts_and_rates_of_the_unit(client: Client) -> None:
    district = make_district()
    months.compute(month=date(2018, 10, 1))
    client.force_login(make_account("reader", Role.OFFICIAL))

    answer = client.get("/api/v1/figures/", {"month": "2018-10", "unit": district.own.centre.code}).json()

    figures = {(row["indicator"], row["category"]): row for row in answer["figures"]}
    coverage = figures["coverage", "all"]
    assert (answer["month"], answer["as_of"], answer["frozen"]) == ("2018-10", "2018-10-31", False)
    assert coverage["denominator"] >= coverage["numerator"] >= 0
    assert figures["satisfaction", "all"]["rate"] is None


def test_indicators_api_tells_every_definition(client: Client) -> None:
    make_district()
    client.force_login(make_account("reader", Role.OFFICIAL))
    answer = client.get("/api/v1/indicators/").json()
    assert {"coverage", "unserved", "visit_cost"} <= {row["code"] for row in answer}
    assert all(row["numerator"] and row["denominator"] and row["origin"] for row in answer)


def test_figures_api_without_a_computed_month_is_not_found(client: Client) -> None:
    make_district()
    client.force_login(make_account("reader", Role.OFFICIAL))
    assert client.get("/api/v1/figures/").status_code == 404
