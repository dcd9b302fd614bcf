"""Entering services of many people: rows as typed and pasted, the grid's page, and an examination day."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from contracts.actions.ledger import make_obligations
from contracts.grid import NOBODY, Row, name_people, pasted_rows
from contracts.models import Coverage, FollowUp, Service
from residents.models import Resident
from teams.models import Role, Team
from tests.factories import (
    make_coverage,
    make_doctor,
    make_id_number,
    make_institution,
    make_item,
    make_package,
    make_resident,
    make_team,
    make_user,
    make_village,
)

pytestmark = pytest.mark.django_db

TODAY = date(2018, 10, 2)


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def desk(client: Client, team: Team) -> Client:
    client.force_login(make_doctor(team))
    client.cookies["django_language"] = "en"
    return client


def sign(team: Team, **fields: Any) -> Resident:
    make_item("BP", name="Pressure", kind="htn_follow_up")
    coverage = make_coverage(team=team, packages=[make_package(items={"BP": 4})], resident=make_resident(**fields))
    make_obligations(coverages=Coverage.objects.filter(pk=coverage.pk))
    return coverage.resident


def grid(*rows: dict[str, str], **fields: str) -> dict[str, Any]:
    """The form of a grid with these rows."""
    names = ("person", "row_item", "confirmed", "cell_performed_on", "cell_systolic", "cell_diastolic")
    columns = {name: [row.get(name, "") for row in rows] for name in (*names, "cell_fasting_glucose", "cell_note")}
    return {"item": "BP", "performed_on": "20181002", "place": "home"} | columns | fields


# --- Rows -----------------------------------------------------------------------------------------------------------


def test_pasted_block_is_read_with_or_without_dates() -> None:
    first, second, third = pasted_rows("王秀兰\t2018-10-01\t138\t86\t6.1\t好\n\n李建国\t142/90\n张三")

    assert first.values() == {
        "performed_on": date(2018, 10, 1),
        "systolic": 138,
        "diastolic": 86,
        "fasting_glucose": Decimal("6.1"),
        "note": "好",
    }
    assert second.values() == {"systolic": 142, "diastolic": 90}
    assert (third.person, third.values(), third.is_filled) == ("张三", {}, True)


def test_person_is_found_by_id_number_by_name_and_by_key_among_the_visible_only() -> None:
    number = make_id_number()
    known, one, _namesake = (
        make_resident(number=number),
        make_resident(name="李建国"),
        [make_resident(name="张三") for _twice in range(2)],
    )
    hidden = make_resident(name="赵六", institution=make_institution())
    rows = [Row(text) for text in (number, "李建国", f"#{one.pk}", "张三", "赵六", f"#{hidden.pk}", make_id_number())]
    name_people(rows, Resident.objects.exclude(pk=hidden.pk))

    assert [row.resident for row in rows] == [known, one, one, None, None, None, None]
    assert "Several people" in str(rows[3].error) or rows[3].error != NOBODY
    assert {str(row.error) for row in rows[4:]} == {str(NOBODY)}


# --- The grid -------------------------------------------------------------------------------------------------------


def test_grid_offers_those_who_are_due(desk: Client, team: Team) -> None:
    resident = sign(team, name="王秀兰", village=make_village())

    page = desk.get("/services/grid/?item=BP").content.decode()
    assert f'name="person" value="#{resident.pk}"' in page


@pytest.mark.parametrize("page", ["/services/grid/", "/services/event/"])
def test_page_opens_with_what_most_people_wait_for(desk: Client, team: Team, page: str) -> None:
    make_item("AA", name="First by code", kind="advice")
    resident = sign(team, name="王秀兰")
    answer = desk.get(page)
    assert answer.context["form"]["item"].value() == "BP"
    assert str(resident.pk) in answer.content.decode()


def test_good_rows_go_in_and_bad_ones_stay_with_their_reason(desk: Client, team: Team) -> None:
    one, other, untouched = sign(team), sign(team), sign(team)
    page = desk.post(
        "/services/grid/",
        grid(
            {"person": f"#{one.pk}", "cell_systolic": "138", "cell_diastolic": "86"},
            {"person": f"#{other.pk}", "cell_systolic": "1380", "cell_diastolic": "86"},
            {"person": f"#{untouched.pk}"},
            {"person": "nobo\0dy", "cell_systolic": "120", "cell_diastolic": "80"},
        ),
    ).content.decode()

    service = Service.objects.get()
    assert (service.resident, service.systolic, service.place) == (one, 138, "home")
    for said in ("Entered: 1.", "Not entered: 2.", "Systolic: Must be at most 1000.", "Nobody whom you may see"):
        assert said in page
    assert f"#{one.pk}" not in page
    assert f'value="#{untouched.pk}"' in page


def test_unusual_reading_is_asked_about_once_more(desk: Client, team: Team) -> None:
    one, other, high = sign(team), sign(team), sign(team)
    rows = [
        {"person": f"#{one.pk}", "cell_systolic": "138", "cell_diastolic": "86"},
        {"person": f"#{other.pk}", "cell_systolic": "138"},
        {"person": f"#{high.pk}", "cell_systolic": "400", "cell_diastolic": "90"},
    ]
    asked = desk.post("/services/grid/", grid(*rows))
    page = asked.content.decode()
    for said in (
        "Entered: 1.",
        "Not entered: 2. Correct or confirm",
        "Only one of the two pressures",
        "400 is impossible",
    ):
        assert said in page
    assert Service.objects.get().resident == one

    (row,) = [each["row"] for each in asked.context["rows"] if each["row"].resident == other]
    assert f'name="confirmed" value="{row.confirmed}"' in page
    desk.post("/services/grid/", grid({**rows[1], "cell_systolic": "139", "confirmed": row.confirmed}))
    assert Service.objects.count() == 1  # other readings are asked about anew
    desk.post("/services/grid/", grid({**rows[1], "confirmed": row.confirmed}))
    assert Service.objects.get(resident=other).systolic == 138


def test_critical_readings_of_a_grid_lead_to_referrals(desk: Client, team: Team) -> None:
    calm, critical = sign(team, name="李建国"), sign(team, name="王秀兰")
    answer = desk.post(
        "/services/grid/",
        grid(
            {"person": f"#{calm.pk}", "cell_systolic": "138", "cell_diastolic": "86"},
            {"person": f"#{critical.pk}", "cell_systolic": "186", "cell_diastolic": "96"},
        ),
        follow=True,
    )
    service = critical.services.get()
    link = f'<a href="/referrals/new/{critical.pk}/?service={service.pk}">王秀兰</a>'
    assert f"Critical readings: {link}. Refer them, and see them again by 2018-10-16." in answer.content.decode()
    assert FollowUp.objects.get().service == service


def test_grid_sent_twice_enters_once_and_says_so(desk: Client, team: Team) -> None:
    form = grid({"person": f"#{sign(team).pk}", "cell_systolic": "138", "cell_diastolic": "86"})
    for _click in range(2):
        answer = desk.post("/services/grid/", form)
        assert answer.status_code == 302

    assert Service.objects.count() == 1
    assert "Already entered: 1." in desk.get("/due/").content.decode()


def test_block_is_read_into_the_grid_before_anything_goes_in(desk: Client, team: Team) -> None:
    resident = sign(team, name="王秀兰")
    page = desk.post("/services/grid/", grid(read="1", block="王秀兰\t138/86")).content.decode()

    assert not Service.objects.exists()
    assert f'value="#{resident.pk}"' in page
    assert 'name="cell_systolic" value="138"' in page


def test_queries_of_a_grid_do_not_grow_with_its_rows(desk: Client, team: Team) -> None:
    people = [sign(team) for _number in range(12)]

    def asked(residents: list[Resident]) -> int:
        rows = [{"person": f"#{one.pk}", "cell_systolic": "138", "cell_diastolic": "86"} for one in residents]
        with CaptureQueriesContext(connection) as captured:
            desk.post("/services/grid/", grid(*rows))
        return len(captured)

    assert asked(people[:2]) == asked(people[2:])


# --- An examination day ---------------------------------------------------------------------------------------------


def test_examination_day_enters_all_who_were_ticked_or_scanned(desk: Client, team: Team) -> None:
    number = make_id_number(date(1940, 1, 1))
    ticked, scanned, _absent = sign(team), sign(team, number=number, born=date(1940, 1, 1)), sign(team)
    answer = desk.post(
        "/services/event/",
        {
            "item": "BP",
            "performed_on": "20181001",
            "place": "group",
            "person": [str(ticked.pk)],
            "typed": f"{number}\n",
        },
    )

    assert answer.status_code == 302
    assert set(Service.objects.values_list("resident", "performed_on", "place")) == {
        (ticked.pk, date(2018, 10, 1), "group"),
        (scanned.pk, date(2018, 10, 1), "group"),
    }


def test_unknown_card_stays_in_the_field(desk: Client, team: Team) -> None:
    resident = sign(team)
    unknown = make_id_number()
    page = desk.post(
        "/services/event/",
        {"item": "BP", "performed_on": "20181001", "person": [str(resident.pk)], "typed": unknown},
    ).content.decode()

    assert Service.objects.count() == 1
    assert unknown in page
    assert "Not entered: 1." in page


@pytest.mark.parametrize(("day", "said"), [("2018-13-45", "is not a possible date"), ("20181230", "in the future")])
def test_who_was_ticked_stays_ticked_when_nothing_went_in(desk: Client, team: Team, day: str, said: str) -> None:
    came, absent = sign(team), sign(team)
    form = {"item": "BP", "performed_on": day, "place": "group", "person": [str(came.pk)]}
    page = desk.post("/services/event/", form).content.decode()

    assert said in page
    assert f'name="person" value="{came.pk}" checked' in page
    assert f'name="person" value="{absent.pk}">' in page


def test_examination_day_of_a_team_shows_all_whose_window_is_open(client: Client) -> None:
    centre = make_institution()
    teams = [make_team(institution=centre), make_team(institution=centre)]
    make_item("EXAM", name="Yearly exam", kind="elderly_exam")
    yearly = make_package(items={"EXAM": 1})
    for team in teams:
        make_coverage(
            team=team, packages=[yearly], start_on=date(2018, 9, 1), resident=make_resident(institution=centre)
        )
    make_obligations(coverages=Coverage.objects.all())
    client.force_login(make_user(Role.CLERK, institution=centre))
    client.cookies["django_language"] = "en"

    assert len(client.get(f"/services/event/?item=EXAM&team={teams[0].code}").context["round"]) == 1
    page = client.get("/services/event/?item=EXAM").content.decode()
    assert "Choose a team to see everybody who may still come." in page
