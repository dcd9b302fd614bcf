"""Whoever may see a page may open what it links: no link of the product leads to "not found" or to a refusal.

People move and sign beyond their centre, so a row that somebody sees may name a person, contract or team that they do
not see (trust: access). Such names stand without a link.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve, reverse
from pytest_django import Settings

from assessments.actions import months, screening
from config.navigation import ENTRIES, entries_of
from contracts.actions import problems
from contracts.actions.fee_counts import count_fees
from contracts.actions.fulfilment import count_promises
from contracts.actions.ledger import make_obligations
from contracts.models import Contract, Coverage, LifecycleEntry
from residents.models import Resident
from teams.models import Institution, Team, TeamMember, User
from tests import factories
from tests.accounts import District, Place, make_district

pytestmark = pytest.mark.django_db
# Every figure with every filter would be many pages: of each kind so many are opened, and the rows' own all.
OF_A_KIND = 3
ROWS = {Contract: "contract_detail", Resident: "person", Team: "team", Institution: "institution"}


class Page(HTMLParser):
    """The addresses that the main part of a page links, and the ids of its elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: Counter[str] = Counter()
        self.is_main = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_main = self.is_main or tag == "main"
        said = dict(attrs)
        if name := said.get("id"):
            self.ids[name] += 1
        if self.is_main and tag == "a" and (href := said.get("href")):
            self.links.append(href)

    def handle_endtag(self, tag: str) -> None:
        self.is_main = self.is_main and tag != "main"


def walk(user: User) -> dict[str, tuple[int, str]]:
    """Opens the account's entries and, page by page, all that they link: address -> status, page that links it.

    On each page an id is that of one element: a label names its own field.
    """
    client, answers = Client(), {}
    client.force_login(user)
    waiting = [(address, "") for address in (*_rows_of(user), *(reverse(entry.view) for entry in entries_of(user)))]
    opened: Counter[str] = Counter()
    for address, origin in waiting:  # grows meanwhile
        kind = resolve(urlsplit(address).path).view_name
        if address in answers or (origin and opened[kind] >= OF_A_KIND):
            continue
        opened[kind] += bool(origin)
        response = client.get(address)
        answers[address] = (response.status_code, origin)
        if response.status_code == 302:
            waiting.append((urljoin(address, response["Location"]), address))
        elif response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            page = Page(response.content.decode())
            assert [name for name, times in page.ids.items() if times > 1] == [], address
            waiting += [(urldefrag(urljoin(address, link)).url, address) for link in page.links if _is_ours(link)]
    return answers


def _rows_of(user: User) -> Iterator[str]:
    """The pages of all contracts, residents, teams and institutions that the account sees."""
    for model, name in ROWS.items():
        for key in model._default_manager.visible_to(user).values_list("pk", flat=True):
            yield reverse(f"contracts:{name}", args=[key])


def _is_ours(link: str) -> bool:
    return not urlsplit(link).scheme and not link.startswith("/admin/")


def make_moves(district: District) -> None:
    """People of either centre who are signed with the other, alone and within a household of both."""
    for own, other in ((district.own, district.other), (district.other, district.own)):
        household = factories.make_household()
        own.resident.household = household
        own.resident.save()
        away = factories.make_resident(institution=other.centre, village=other.village, household=household)
        away.registers.create(category="hypertension", from_on=date(2017, 1, 1))
        _sign(away, own, contract=own.contract)
        _move_on(own, other)
        own.contract.refresh_from_db()
        TeamMember.objects.create(team=own.team, staff=factories.make_staff(institution=other.centre))
    make_obligations(coverages=Coverage.objects.all())


def _sign(resident: Resident, place: Place, **fields: object) -> Contract:
    packages = [factories.make_package(items={"BP": 12})]
    return factories.make_coverage(resident=resident, team=place.team, packages=packages, **fields).contract


def _move_on(own: Place, other: Place) -> None:
    """Somebody who was signed here and is by now with the other team, still living here."""
    resident = factories.make_resident(institution=own.centre, village=own.village, phone="13800001234")
    first = _sign(resident, own, start_on=date(2017, 1, 1), end_on=date(2017, 12, 31))
    then = _sign(resident, other)
    then.previous, then.origin = first, Contract.Origin.TEAM_CHANGE
    then.save()
    for contract, reason in ((first, then.number), (then, first.number)):
        LifecycleEntry.objects.create(
            contract=contract, kind="team_changed", on=date(2018, 1, 1), entered_on=date(2018, 1, 1), reason=reason
        )


@pytest.fixture
def district(settings: Settings) -> District:
    settings.TODAY = date(2018, 11, 20)
    made = make_district()
    make_moves(made)
    for month in (date(2018, 1, 1), date(2018, 11, 1)):
        months.compute(month=month)
    problems.check(check_id=problems.request().pk)
    screening.screen(screening_id=screening.request().pk)
    count_promises()
    count_fees()
    return made


@pytest.mark.parametrize("role", ["clerk", "doctor", "official", "administrator", "auditor"])
def test_link_of_a_page_opens_for_whoever_sees_the_page(district: District, role: str) -> None:
    answers = walk(district.users[role])
    assert len(answers) > len(ENTRIES)
    dead = {address: answer for address, answer in answers.items() if answer[0] not in (200, 302)}
    assert dead == {}
