"""The start page of clerks and doctors: every count opens a list of as many lines."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.actions import ledger, problems
from contracts.models import Coverage, Draft
from contracts.presenters.today import today_page
from residents.models import Resident
from teams.clock import today
from teams.dates import add_months
from teams.exports import find_kind
from teams.models import Import, Role, User
from tests import factories

pytestmark = pytest.mark.django_db
# What every request asks: transaction, session, account and its institution.
FRAME = re.compile(
    r""".*(SAVEPOINT|"django_session"|"teams_user"\."password"|FROM "teams_institution" WHERE \S+ = \d+ LIMIT 21)"""
)


def make_work(team: object, people: int) -> None:
    """People with services due, people whose contract ends soon, people to be signed; and problems."""
    home = {"institution": team.institution, "village": team.villages.get().village}
    package = factories.make_package(items={"BP": 12})
    for number in range(people):
        covered = factories.make_resident(**home)
        end = today() + timedelta(days=20 if number % 2 else 200)
        factories.make_coverage(
            resident=covered, team=team, start_on=end - timedelta(days=364), end_on=end, packages=[package]
        )
        factories.make_resident(born=add_months(today(), -12 * 70), **home)
        factories.make_resident(born=today() - timedelta(days=9), registered_on=today(), **home)
    ledger.make_obligations(coverages=Coverage.objects.all())
    assert problems.check(check_id=problems.request().pk)


@pytest.fixture
def desk() -> dict[str, User]:
    centre = factories.make_institution()
    team = factories.make_team(institution=centre, villages=[factories.make_village()])
    users = {"clerk": factories.make_user(Role.CLERK, institution=centre), "doctor": factories.make_doctor(team)}
    make_work(team, 6)
    make_work(factories.make_team(villages=[factories.make_village()]), 3)
    return users


def lines_of(client: Client, url: str) -> int:
    """How many lines a list has, on all its pages."""
    context = client.get(url).context
    return context["page"].paginator.count if "page" in context else context["list"]["page"].paginator.count


@pytest.mark.parametrize("who", ["clerk", "doctor"])
def test_every_count_is_the_length_of_the_list_that_it_opens(client: Client, desk: dict[str, User], who: str) -> None:
    client.force_login(desk[who])
    tiles = client.get(reverse("contracts:today")).context["tiles"]
    counts = {tile.url: tile.count for tile in tiles} | {
        url: count for tile in tiles for _label, count, url in tile.parts
    }
    assert {url: lines_of(client, url) for url in counts} == counts
    assert sum(count > 0 for count in counts.values()) >= 5


def test_doctor_and_clerk_see_the_work_of_their_own_people_only(desk: dict[str, User]) -> None:
    page = today_page(desk["clerk"], today())
    assert [tile.count for tile in page["tiles"]][1:3] == [12, 3]
    assert today_page(desk["doctor"], today())["ending"] == page["ending"]


def test_new_people_to_be_signed_stand_on_top_with_their_reason(client: Client, desk: dict[str, User]) -> None:
    client.force_login(desk["clerk"])
    lines = client.get(reverse("contracts:to_sign")).context["rows"]
    assert [line["is_new"] for line in lines] == [True] * 6 + [False] * 6


@pytest.mark.parametrize("name", ["contracts:today", "contracts:to_sign", "contracts:problem_list", "teams:team_list"])
@pytest.mark.parametrize("who", ["clerk", "doctor"])
def test_page_asks_at_most_twelve_queries(client: Client, desk: dict[str, User], who: str, name: str) -> None:
    client.force_login(desk[who])
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse(name)).status_code == 200
    asked = [query["sql"] for query in captured if not FRAME.match(query["sql"])]
    assert len(asked) <= 12, "\n".join(asked)


def test_drafts_and_imports_under_way_are_counted(client: Client, desk: dict[str, User]) -> None:
    clerk = desk["clerk"]
    Draft.objects.create(by=clerk, payload=b"")
    Import.objects.create(kind="residents", filename="a.csv", content=b"", sha256="0" * 64, by=clerk)
    client.force_login(clerk)
    context = client.get(reverse("contracts:today")).context
    assert (context["drafts"], context["imports"]) == (1, 1)


def test_clerk_of_the_bureau_has_a_start_page_too(client: Client, desk: dict[str, User]) -> None:
    client.force_login(factories.make_user(Role.CLERK))
    context = client.get(reverse("contracts:today")).context
    assert context["people"] is None
    assert next(tile.count for tile in context["tiles"]) == 18


def test_person_who_was_moved_elsewhere_is_not_named_any_more(client: Client, desk: dict[str, User]) -> None:
    Resident.objects.update(institution=factories.make_institution(), name="搬走的人")
    client.force_login(desk["clerk"])
    for name in ("contracts:to_sign", "contracts:problem_list"):
        assert not re.search("搬走的人", client.get(reverse(name)).content.decode())


@pytest.mark.parametrize(("kind", "lines"), [("to_sign", 12), ("problems", 24)])
def test_lists_are_exported_masked_with_the_filters_of_their_page(desk: dict[str, User], kind: str, lines: int) -> None:
    sheet = find_kind(kind).open(desk["clerk"], "", False)
    rows = list(sheet.rows)
    assert (sheet.total, len(rows[0])) == (len(rows), len(sheet.header))
    assert all("****" in str(row[1]) for row in rows if row[0])
    assert sum(1 for row in rows if row[0]) >= lines
    assert find_kind(kind).open(desk["clerk"], "unit=0&reason=age&rule=team_gone", False).total < sheet.total
