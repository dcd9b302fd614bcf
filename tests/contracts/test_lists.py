"""The lists of contracts and residents ask the database as often for one team as for twenty, and seldom."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from service_packages.models import PackageVersion
from teams import lists
from teams.models import Role
from tests.factories import (
    bureau,
    centre,
    make_coverage,
    make_doctor,
    make_package,
    make_resident,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
# The session, two savepoints with their ends, and the lock of the audit trail.
BESIDE = 6
ADDRESSES = ("contracts:contract_list", "contracts:people")


@pytest.fixture(autouse=True)
def _business_day(settings: Any) -> None:
    settings.TODAY = date(2018, 12, 15)


@pytest.fixture
def version() -> PackageVersion:
    return make_package()


def _sign(teams: int, version: PackageVersion) -> None:
    for _ in range(teams):
        make_coverage(resident=make_resident(), team=make_team(), packages=[version])


def _asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.CLERK, Role.DOCTOR])
def test_list_asks_as_seldom_for_twenty_teams_as_for_one(
    name: str, role: str, client: Client, version: PackageVersion
) -> None:
    if role == Role.DOCTOR:
        user = make_doctor(make_team())
    else:
        user = make_user(role, institution=bureau() if role == Role.OFFICIAL else centre())
    client.force_login(user)
    _sign(1, version)
    _asked(client, reverse(name))
    one = _asked(client, reverse(name))
    _sign(19, version)

    assert _asked(client, reverse(name)) == one <= 12 + BESIDE


@pytest.mark.parametrize("name", ADDRESSES)
def test_list_of_whom_a_broken_address_names_is_empty(name: str, client: Client) -> None:
    client.force_login(make_user(Role.CLERK, institution=centre()))
    make_coverage()
    page = client.get(reverse(name), {"among": "x", "status": "all"})
    assert page.status_code == 200
    assert page.context["list"]["rows"] == []


def test_contracts_asked_for_by_day_of_signing_begin_with_the_latest(client: Client) -> None:
    client.force_login(make_user(Role.CLERK, institution=centre()))
    for name, start in {"早": date(2018, 3, 1), "晚": date(2018, 9, 1)}.items():
        make_coverage(resident=make_resident(name=name), start_on=start)
    page = client.get(reverse("contracts:contract_list"), {"signed_from": "20180101"})
    assert [row.cells["name"].text for row in page.context["list"]["rows"]] == ["晚", "早"]


@pytest.mark.parametrize("expected", [0, 1_000_000])
def test_page_of_many_rows_is_the_same_sorted_or_read_off_an_index(
    expected: int, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "ROWS_AT_MOST", 3)
    monkeypatch.setattr(lists, "_estimate", lambda _sql, _values: expected)
    client.force_login(make_user(Role.CLERK, institution=centre()))
    for name, day in {"丙": 20, "甲": 18, "丁": 21, "乙": 19}.items():
        make_coverage(resident=make_resident(name=name), end_on=date(2019, 1, day))
    page = client.get(reverse("contracts:contract_list"), {"status": "ending"}).context
    assert [row.cells["name"].text for row in page["list"]["rows"]] == ["甲", "乙", "丙", "丁"]
    assert (page["list"]["is_more"], page["contracts"]) == (True, None)


@pytest.mark.parametrize("drawn", [{}, {"tone": "warn"}, {"is_masked": True}, {"url": "/?a=1&b=2"}])
def test_cell_with_markup_shows_it_as_text(drawn: dict[str, Any]) -> None:
    html = lists.Cell("<b>A&B</b>", **drawn).html
    assert "&lt;b&gt;A&amp;B&lt;/b&gt;" in html and "<b>" not in html
