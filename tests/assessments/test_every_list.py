"""Every list, with each of its filters in turn, asks the database seldom, and as often for many people as for few."""

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode
from pytest_django import Settings

from assessments.actions import screening
from assessments.actions.months import compute
from contracts.actions import ledger, problems
from contracts.actions.fee_counts import count_fees
from contracts.actions.fulfilment import count_promises
from contracts.models import Coverage
from service_packages.models import PackageVersion
from teams.models import Role
from tests.accounts import make_account
from tests.factories import make_coverage, make_household, make_resident
from tests.figure_pages import signed_in
from tests.small_district import OCTOBER, SmallDistrict

pytestmark = pytest.mark.django_db
MOST = 12
MANY = 12  # choices of one filter that are tried; months and years go on for ever
# The transaction, the session, the account, the trail of looks; the context of history stands before other queries.
BESIDE = re.compile(r'^(?:SAVEPOINT|RELEASE)|"django_session"|^SELECT .* FROM "teams_user"|teams_auditevent')
LISTS = {
    "contracts:contract_list": {},
    "contracts:people": {},
    "contracts:due_list": {},
    "contracts:to_sign": {},
    "contracts:problem_list": {},
    "contracts:unserved_list": {},
    "contracts:fee_list": {},
    "contracts:referral_list": {},
    "teams:import_list": {},
    "assessments:people": {"indicator": "coverage"},
    "assessments:lead_list": {},
    "assessments:finding_list": {},
    "assessments:activity_list": {},
}


class Filters(HTMLParser):
    """The fields of a page's GET forms with what may be chosen in them, and its orders."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.asked: list[dict[str, str]] = [{}]
        self.is_get, self.field, self.options = False, "", 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_get = given.get("method", "get").lower() == "get"
        elif tag == "select":
            self.field, self.options = given.get("name", ""), 0
        elif tag == "option" and self.is_get and given["value"] and self.options < MANY:
            self.asked.append({self.field: given["value"]})
            self.options += 1
        elif tag == "a" and given.get("class") == "sort":
            self.asked += [{"sort": order} for order in re.findall(r"[?&]sort=([^&]+)", given["href"])]


@pytest.fixture
def grown(district: SmallDistrict, settings: Settings) -> Iterator[SmallDistrict]:
    settings.TODAY = date(2018, 11, 20)
    _count()
    yield district


def _count() -> None:
    """What the worker counts."""
    compute(month=OCTOBER)
    problems.check(check_id=problems.request().pk)
    count_promises()
    count_fees()
    screening.screen(screening_id=screening.request().pk)


def _more_people(district: SmallDistrict) -> None:
    versions = list(PackageVersion.objects.all())
    for _ in range(8):
        signed = make_resident(village=district.village, household=make_household(), born=date(1945, 1, 1))
        signed.registers.create(category="hypertension", from_on=date(2017, 1, 1))
        make_coverage(resident=signed, team=district.team, packages=versions)
        make_resident(village=district.village, born=date(1948, 1, 1))
    ledger.make_obligations(coverages=Coverage.objects.all())
    _count()


def _asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200, address
    return sum(not BESIDE.search(row["sql"]) for row in captured)


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.CLERK])
@pytest.mark.parametrize("name", LISTS)
def test_list_with_any_filter_asks_seldom_however_many_people_there_are(
    grown: SmallDistrict, name: str, role: Role
) -> None:
    institution = grown.bureau if role is Role.OFFICIAL else grown.centre
    client = signed_in(make_account("u", role, institution=institution))
    page = client.get(reverse(name, kwargs=LISTS[name]))
    if page.status_code == 403:
        return  # a list of the other
    addresses = [
        f"{reverse(name, kwargs=LISTS[name])}?{urlencode(asked)}" for asked in Filters(page.content.decode()).asked
    ]
    few = {address: _asked(client, address) for address in addresses}
    assert {address: count for address, count in few.items() if count > MOST} == {}
    _more_people(grown)
    many = {address: _asked(client, address) for address in addresses}
    assert {address: count for address, count in many.items() if count > max(MOST, few[address])} == {}
