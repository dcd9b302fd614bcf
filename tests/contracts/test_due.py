"""Due work: what is open by rules.md 5, in which window, who comes first; counts and lists by one definition."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from contracts.actions.ledger import make_obligations
from contracts.exports import due_sheet
from contracts.forms.due import DueForm
from contracts.models import Attempt, Coverage, FollowUp, Obligation, Suspension
from contracts.queries.due import Choice, Count, Risk, Window, counts, due, next_person
from residents.models import Resident
from teams.models import Role, Team, User
from tests.factories import (
    centre,
    make_coverage,
    make_doctor,
    make_institution,
    make_item,
    make_package,
    make_resident,
    make_service,
    make_team,
    make_user,
    make_village,
)
from tests.reference.examples import district, on_random_districts
from tests.reference.facts import load_facts
from tests.reference.ledger import ledger
from tests.reference.report import Report

pytestmark = pytest.mark.django_db

TODAY = date(2018, 10, 2)
# What every page asks: session and transaction.
BESIDE = re.compile("SAVEPOINT|django_session")


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def choice(team: Team) -> Choice:
    return Choice(TODAY, (team.pk,))


def sign(team: Team, *, items: dict[str, int] | None = None, **fields: Any) -> Coverage:
    """Somebody signed for 2018, owed four blood pressures: due at the end of March, June, September and December."""
    times = items or {"BP": 4}
    for code in times:
        make_item(code, kind=code.lower())
    coverage = make_coverage(team=team, packages=[make_package(items=times)], **fields)
    make_obligations(coverages=Coverage.objects.filter(pk=coverage.pk))
    return coverage


def names(choice: Choice, window: Window = Window.TODO) -> list[str]:
    people = due(replace(choice, window=window)).people
    return [Resident.objects.get(pk=person.resident_id).name for person in people]


def kinds(choice: Choice, window: Window) -> list[tuple[str, date]]:
    return [(line.kind, line.due_on) for person in due(replace(choice, window=window)).people for line in person.lines]


# --- What is open ---------------------------------------------------------------------------------------------------


def test_windows_of_the_list_hold_what_their_names_say(team: Team, choice: Choice) -> None:
    sign(team, start_on=date(2018, 1, 3), end_on=date(2019, 1, 2))  # due on 2 April, 2 July, 2 October, 2 January

    assert kinds(choice, Window.OVERDUE) == [("service", date(2018, 4, 2)), ("service", date(2018, 7, 2))]
    assert kinds(choice, Window.TODAY) == [("service", TODAY)]
    assert kinds(choice, Window.WEEK) == [("service", TODAY)]
    assert len(kinds(choice, Window.TODO)) == 3
    assert len(kinds(choice, Window.OPEN)) == 3  # the window until January opens tomorrow


def test_service_met_or_waived_is_not_owed(team: Team, choice: Choice) -> None:
    coverage = sign(team)
    first, second, third, _fourth = coverage.obligations.order_by("due_on")
    service = make_service(coverage.resident, "BP", date(2018, 2, 1))
    Obligation.objects.filter(pk=first.pk).update(met_by=service, met_on=service.performed_on)
    Obligation.objects.filter(pk=second.pk).update(waived_on=TODAY, waived_by="li", waiver="refused")

    assert kinds(choice, Window.TODO) == [("service", third.due_on)]


@pytest.mark.parametrize(
    ("fields", "about"),
    [
        ({"end_on": date(2018, 10, 1)}, {}),
        ({"terminated_on": TODAY}, {}),
        ({}, {"died_on": TODAY}),
        ({}, {"moved_out_on": date(2018, 9, 1)}),
        ({}, {"registered_on": date(2018, 10, 3)}),
    ],
    ids=str,
)
def test_coverage_not_in_force_today_owes_nothing(
    team: Team, choice: Choice, fields: dict[str, date], about: dict[str, date]
) -> None:
    sign(team, resident=make_resident(**about), **fields)

    assert counts(choice)[Window.TODO] == Count(0, 0)


def test_service_due_while_the_coverage_was_suspended_is_not_owed(team: Team, choice: Choice) -> None:
    coverage = sign(team)
    Suspension.objects.create(coverage=coverage, from_on=date(2018, 6, 1), to_on=date(2018, 7, 15))

    assert kinds(choice, Window.OVERDUE) == [("service", date(2018, 3, 31)), ("service", date(2018, 9, 30))]


@on_random_districts(examples=8)
def test_open_services_of_random_districts_are_the_reference_s(seed: int) -> None:
    with district(seed) as days:
        facts, rng = load_facts(), Random(seed)
        day = rng.choice(days)
        report = Report(facts, day)
        waived = {(one.held, one.item, one.opens_on) for one in facts.waivers}
        expected = sorted(
            (owed.due_on, coverage.resident)
            for coverage, owed, service in ledger(facts)
            if service is None
            and (owed.held, owed.item, owed.opens_on) not in waived
            and owed.opens_on <= day
            and report.in_force(coverage, day)
            and report.in_force(coverage, owed.due_on)
        )
        found = due(Choice(day, tuple(Team.objects.values_list("pk", flat=True)), Window.OPEN), limit=10_000)
        assert sorted((line.due_on, line.resident_id) for one in found.people for line in one.lines) == expected
        assert found.counts[Window.OPEN] == Count(len({resident for _day, resident in expected}), len(expected))


# --- Tasks and promised calls ---------------------------------------------------------------------------------------


def attempt(resident: Resident, on: date, next_on: date | None, by: User | None = None) -> Attempt:
    outcome = Attempt.Outcome.AGREED if next_on else Attempt.Outcome.AWAY
    return Attempt.objects.create(
        resident=resident, tried_on=on, next_on=next_on, outcome=outcome, channel="phone", by=by or make_user()
    )


def test_promised_day_brings_a_person_to_the_list_of_that_day(team: Team, choice: Choice) -> None:
    resident = sign(team, items={"EXAM": 1}).resident
    attempt(resident, date(2018, 9, 28), TODAY)

    assert kinds(choice, Window.TODAY) == [("call", TODAY)]
    assert counts(choice)[Window.TODAY] == Count(1, 0)


def test_promised_day_is_settled_by_a_later_attempt_or_a_service(team: Team, choice: Choice) -> None:
    one, other = sign(team, items={"EXAM": 1}).resident, sign(team, items={"EXAM": 1}).resident
    for resident in (one, other):
        attempt(resident, date(2018, 9, 28), TODAY)
    attempt(one, date(2018, 9, 29), None)
    make_service(other, "OTHER", date(2018, 9, 28))

    assert counts(choice)[Window.TODO] == Count(0, 0)


def test_follow_up_task_waits_until_a_later_service(team: Team, choice: Choice) -> None:
    resident = sign(team, items={"EXAM": 1}).resident
    service = make_service(resident, "EXAM", date(2018, 9, 20), systolic=190, diastolic=100)
    FollowUp.objects.create(
        resident=resident, cause="critical", service=service, opened_on=service.performed_on, due_on=date(2018, 10, 4)
    )
    assert ("critical", date(2018, 10, 4)) in kinds(choice, Window.WEEK)

    make_service(resident, "OTHER", date(2018, 9, 21))
    assert kinds(choice, Window.WEEK) == []


# --- Who comes first ------------------------------------------------------------------------------------------------


def test_risk_comes_before_delay_and_age(team: Team, choice: Choice) -> None:
    late = {"start_on": date(2018, 3, 25), "end_on": date(2019, 3, 24)}  # a service due on 24 September
    for name, born, systolic in (
        ("甲", date(1960, 1, 1), 138),
        ("乙", date(1930, 1, 1), 138),
        ("丙", date(1960, 1, 1), 160),
        ("丁", date(1960, 1, 1), 182),
    ):
        resident = sign(team, resident=make_resident(name=name, born=born), **late).resident
        make_service(resident, "EXAM", date(2018, 5, 1), systolic=120, diastolic=80)
        make_service(resident, "EXAM", date(2018, 6, 1), systolic=systolic, diastolic=80)

    assert names(choice) == ["丁", "丙", "乙", "甲"]
    weights = [person.weight for person in due(choice).people]
    assert weights == [400 + 100, 200 + 100, 100 + 100, 100]


def test_goal_of_the_old_is_their_own(team: Team, choice: Choice) -> None:
    for name, born in (("六十四", date(1954, 10, 3)), ("六十五", date(1953, 10, 2))):
        resident = sign(team, resident=make_resident(name=name, born=born)).resident
        make_service(resident, "EXAM", date(2018, 6, 1), systolic=145, diastolic=80)

    assert names(replace(choice, risk=Risk.UNCONTROLLED)) == ["六十四"]


def test_glucose_too_low_is_critical(team: Team, choice: Choice) -> None:
    resident = sign(team).resident
    make_service(resident, "EXAM", date(2018, 6, 1), fasting_glucose=Decimal("3.9"))

    [person] = due(replace(choice, risk=Risk.CRITICAL)).people
    assert (person.is_critical, person.is_uncontrolled, person.fasting_glucose) == (True, False, Decimal("3.9"))


# --- Narrowing ------------------------------------------------------------------------------------------------------


def test_list_is_narrowed_by_village_kind_and_category(team: Team, choice: Choice) -> None:
    village = make_village()
    patient = make_resident(name="患者", village=village, registers={"hypertension": date(2018, 1, 1)})
    sign(team, resident=patient, items={"BP": 4, "DM": 4})
    sign(team, resident=make_resident(name="老人", born=date(1940, 1, 1)), items={"DM": 4})

    assert names(replace(choice, village=village.pk)) == ["患者"]
    assert names(replace(choice, kind="bp")) == ["患者"]
    assert names(replace(choice, category="hypertension")) == ["患者"]
    assert names(replace(choice, category="elderly")) == ["老人"]
    assert counts(replace(choice, kind="dm"))[Window.OVERDUE] == Count(2, 6)
    assert due(choice).villages == {village.pk: 1, None: 1}


def test_next_person_is_the_one_behind_and_then_the_first(team: Team, choice: Choice) -> None:
    ids = [sign(team).resident_id for _number in range(3)]

    assert next_person(choice, make_user(), ids[0]) == ids[1]
    assert next_person(choice, make_user(), ids[2]) == ids[0]
    assert next_person(choice, make_user(), 0) == ids[0]


def test_next_person_is_one_whom_the_account_sees(team: Team, choice: Choice) -> None:
    clerk = make_user(Role.CLERK, institution=team.institution)
    first, moved, last = (sign(team).resident for _number in range(3))
    moved.institution = make_institution()
    moved.save()

    assert next_person(choice, clerk, first.pk) == last.pk
    assert next_person(choice, make_doctor(team), first.pk) == moved.pk


def test_account_counts_the_work_of_its_own_teams(team: Team) -> None:
    elsewhere = make_team(institution=make_institution())
    sign(team)
    sign(elsewhere)
    clerk, doctor = make_user(Role.CLERK, institution=centre()), make_doctor(elsewhere)

    for user in (clerk, doctor):
        assert counts(DueForm(user, {}).choice)[Window.OVERDUE] == Count(1, 3)
    assert DueForm(doctor, {}).choice.teams == (elsewhere.pk,)


# --- The page -------------------------------------------------------------------------------------------------------


@pytest.fixture
def doctor(client: Client, team: Team) -> Client:
    client.force_login(make_doctor(team))
    client.cookies["django_language"] = "en"
    return client


def test_page_names_who_is_due_with_what_and_why(doctor: Client, team: Team) -> None:
    resident = sign(team, resident=make_resident(name="王秀兰", phone="13800001234", village=make_village())).resident
    make_service(resident, "EXAM", date(2018, 6, 1), systolic=190, diastolic=100)
    page = doctor.get("/due/").content.decode()

    for said in ("王秀兰", "2018-09-30", "critical reading", "190/100 mmHg", "185 days overdue", "138****1234"):
        assert said in page
    assert "13800001234" not in page


def test_round_groups_by_village(doctor: Client, team: Team) -> None:
    for name, village in (("甲", make_village(name="东村")), ("乙", make_village(name="西村")), ("丙", None)):
        sign(team, resident=make_resident(name=name, village=village))
    page = doctor.get("/due/?round=village").content.decode()

    places = [page.index(f"<h2>{name}</h2>") for name in ("东村", "西村", "Without a village")]
    assert places == sorted(places)


def test_round_goes_from_house_to_house(doctor: Client, team: Team) -> None:
    village = make_village(name="东村")
    for address in ("甲镇东村10组104号", "甲镇东村3组165号", "甲镇东村3组26号", "甲镇东村", "甲镇东村9组"):
        sign(team, resident=make_resident(address=address, village=village))
    page = doctor.get("/due/?round=village").content.decode()

    assert re.findall(r"甲镇东村[\w]*", page) == [
        f"甲镇东村{place}" for place in ("", "3组26号", "3组165号", "9组", "10组104号")
    ]


@pytest.mark.parametrize("query", ["window=never", "team=x", "village=x", "kind=x", "risk=x", "page=99", "page=x"])
def test_address_with_nonsense_shows_the_whole_list(doctor: Client, team: Team, query: str) -> None:
    sign(team, resident=make_resident(name="王秀兰"))

    assert doctor.get(f"/due/?{query}").status_code == 200


def test_empty_list_says_that_nothing_is_due(doctor: Client) -> None:
    assert "Nothing is due" in doctor.get("/due/").content.decode()
    assert "Nobody matches" in doctor.get("/due/?risk=critical").content.decode()


def test_page_asks_the_same_however_many_wait(doctor: Client, team: Team) -> None:
    for _number in range(12):
        resident = sign(team, resident=make_resident(village=make_village())).resident
        attempt(resident, TODAY - timedelta(days=1), TODAY)
    with CaptureQueriesContext(connection) as asked:
        assert doctor.get("/due/").status_code == 200

    own = [query["sql"] for query in asked.captured_queries if not BESIDE.search(query["sql"])]
    assert len(own) <= 12, "\n".join(own)


def test_foreign_clerk_sees_nobody(client: Client, team: Team) -> None:
    sign(team, resident=make_resident(name="王秀兰"))
    client.force_login(make_user(Role.CLERK, institution=make_institution()))

    assert "王秀兰" not in client.get("/due/").content.decode()


@pytest.fixture
def bureau_clerk(client: Client) -> Iterator[Client]:
    client.force_login(make_user(Role.CLERK))
    return client


def test_clerk_of_the_bureau_looks_at_one_institution_at_a_time(bureau_clerk: Client, team: Team) -> None:
    other = make_team(institution=make_institution(code="D"))
    sign(team, resident=make_resident(name="甲"))
    sign(other, resident=make_resident(name="乙"))
    first, second = (bureau_clerk.get(f"/due/?unit={code}").content.decode() for code in ("", "D"))

    assert ("甲" in first, "乙" in first) == (True, False)
    assert ("甲" in second, "乙" in second) == (False, True)


# --- As a file ------------------------------------------------------------------------------------------------------


def test_export_holds_the_people_of_the_page_in_its_order(team: Team) -> None:
    late = sign(team, resident=make_resident(name="王秀兰", phone="13856780001"))
    sign(team, items={"EXAM": 1}, start_on=date(2018, 9, 1), end_on=date(2018, 12, 31))
    soon = sign(team, start_on=date(2018, 4, 5), end_on=date(2019, 4, 4), resident=make_resident(name="李建国"))
    doctor = make_doctor(team)

    sheet = due_sheet(doctor, "", False)
    rows = list(sheet.rows)

    assert [row[0] for row in rows] == ["王秀兰", "李建国"]
    assert sheet.total == 2
    assert rows[0][2] == "138****0001"
    assert rows[0][5] == late.obligations.order_by("due_on")[0].due_on
    assert rows[1][5] == soon.obligations.order_by("due_on")[0].due_on
    assert list(due_sheet(doctor, "window=today", False).rows) == []
