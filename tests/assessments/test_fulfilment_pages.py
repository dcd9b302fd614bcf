"""The page of fulfilment: its words, its outlook against the target, its parts, its scope."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from python_calamine import CalamineWorkbook

from assessments.models import Target
from assessments.queries.fulfilment import Outlook
from contracts.actions.fulfilment import count_promises
from contracts.actions.ledger import make_obligations
from contracts.models import Coverage, Obligation
from contracts.queries.fulfilment import Promises, Tally
from teams.models import Role, Team
from tests.factories import (
    centre,
    make_coverage,
    make_doctor,
    make_institution,
    make_package,
    make_resident,
    make_service,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db

TODAY = date(2018, 10, 2)
PAGE = "/fulfilment/"
# What every page asks beside: session, account and scope, transaction.
BESIDE = 10


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def official(client: Client) -> Client:
    client.force_login(make_user(Role.OFFICIAL))
    return client


def sign(team: Team, **fields: Any) -> Coverage:
    """Somebody signed for 2018, owed four blood pressures, of which the first was given in time."""
    resident = make_resident(institution=team.institution)
    coverage = make_coverage(team=team, resident=resident, packages=[make_package(items={"BP": 4})], **fields)
    make_obligations(coverages=Coverage.objects.filter(pk=coverage.pk))
    service = make_service(resident, "BP", date(2018, 3, 1))
    first = coverage.obligations.order_by("due_on")[0]
    Obligation.objects.filter(pk=first.pk).update(met_by=service, met_on=service.performed_on)
    return coverage


def counts(page: Any) -> dict[str, str]:
    return {str(step["label"]): step["count"] for step in page.context["steps"]}


def test_district_is_told_by_institution_and_its_sums_are_the_parts(official: Client) -> None:
    for institution in (centre(), make_institution(name="老集镇卫生院")):
        sign(make_team(institution=institution))
    count_promises()

    page = official.get(PAGE)
    table = page.context["table"]

    assert list(counts(page).values()) == ["8", "6", "2", "0", "4", "0", "2", "0"]
    assert {row.name for row in table.rows} == {"宁老庄镇卫生院", "老集镇卫生院"}
    for place in range(1, 9):
        assert table.total.cells[place].value == sum(row.cells[place].value for row in table.rows)
    assert page.context["counted_at"] is not None


@pytest.mark.parametrize("by", ["institution", "team", "package", "item", "village", "category"])
def test_every_way_to_tell_the_counts_opens(official: Client, by: str) -> None:
    sign(make_team())

    assert official.get(PAGE, {"by": by}).status_code == 200
    assert official.get("/fulfilment.xlsx", {"by": by}).status_code == 200


def test_doctor_sees_the_own_team_as_it_is_now(client: Client) -> None:
    team = make_team()
    count_promises()
    sign(team)
    sign(make_team())
    client.force_login(make_doctor(team))

    page = client.get(PAGE)

    assert next(iter(counts(page).values())) == "4"
    assert page.context["counted_at"] is None


def test_other_day_shows_what_was_so_then(official: Client) -> None:
    sign(make_team())

    page = official.get(PAGE, {"day": "20180228"})

    assert list(counts(page).values()) == ["4", "0", "0", "0", "0", "0", "4", "0"]


def test_address_with_nonsense_is_read_as_if_it_were_not_there(official: Client) -> None:
    centre()

    page = official.get(PAGE, {"day": "yesterday", "category": "nobody", "by": "moon"})

    assert page.status_code == 200
    assert page.context["day"] == TODAY
    assert official.get(PAGE, {"village": "000"}).status_code == 404


def test_empty_district_is_told_what_to_do_first(official: Client) -> None:
    assert official.get(PAGE).templates[0].name == "assessments/nothing_yet.html"


def test_file_holds_the_table(official: Client, tmp_path: Any) -> None:
    sign(make_team(name="一队"))
    target = tmp_path / "file.xlsx"
    target.write_bytes(b"".join(official.get("/fulfilment.xlsx", {"by": "team"}).streaming_content))  # type: ignore[attr-defined]

    rows = CalamineWorkbook.from_path(target).get_sheet_by_index(0).to_python()

    assert [row[0] for row in rows[2:]] == ["一队"] and rows[2][2:5] == rows[1][2:5] == [4, 3, 1]


def test_page_asks_as_much_for_many_teams_as_for_one(official: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(6):
        sign(make_team())
    count_promises()

    with django_assert_max_num_queries(12 + BESIDE):
        official.get(PAGE, {"by": "team"})


# --- The outlook ----------------------------------------------------------------------------------------------------


def outlook(tally: Tally, rate: str | None = "90", day: date = TODAY) -> Outlook:
    target = Target(year=2018, indicator="item_completion", rate=Decimal(rate)) if rate else None
    return Outlook(Promises(day), tally, target)


STEADY = Tally(promised=200, due=120, on_time=120, met_before=(100, 80, 60, 40, 20, 0))


def test_steady_pace_goes_on_to_the_year_s_end() -> None:
    forecast = outlook(STEADY).forecast

    assert forecast is not None
    # 20 in four weeks, 90 days left.
    assert (forecast.lowest, forecast.numerator, forecast.highest) == (184, 184, 184)
    assert forecast.denominator == 200


def test_pace_is_judged_from_the_first_service_on() -> None:
    late = Tally(promised=200, due=100, on_time=60, met_before=(40, 20, 0, 0, 0, 0))

    assert outlook(late).forecast == outlook(Tally(promised=200, due=100, on_time=60, met_before=(40, 20, 0))).forecast


def test_too_few_steps_foretell_nothing() -> None:
    assert outlook(Tally(promised=10, due=1, on_time=1, met_before=(0,) * 6)).forecast is None


def test_target_asks_for_services_a_week() -> None:
    # 180 of 200, 60 more in twelve whole weeks.
    assert outlook(STEADY).needed_a_week == 5
    assert outlook(STEADY, "60").needed_a_week == 0
    assert outlook(STEADY, None).needed_a_week is None
    assert outlook(STEADY, day=date(2018, 12, 30)).needed_a_week is None


def test_forecast_never_exceeds_what_is_promised() -> None:
    forecast = outlook(Tally(promised=130, due=120, on_time=120, met_before=(100, 80, 60, 40, 20, 0))).forecast

    assert forecast is not None and forecast.highest == 130
