"""A resident's page: the whole story in a fixed number of questions; whole numbers only for a reason."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from contracts.actions import ledger
from contracts.models import Coverage, Obligation
from contracts.presenters.person import page
from contracts.queries.person import person
from residents.actions import identities
from residents.models import Resident
from teams.models import AuditEvent, Role, User
from teams.models.accounts import SYSTEM
from tests import factories

pytestmark = pytest.mark.django_db
BESIDE = 7

TODAY = date(2018, 12, 20)


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def clerk(client: Client) -> User:
    user = factories.make_user(Role.CLERK, institution=factories.centre())
    client.force_login(user)
    return user


@pytest.fixture
def wang() -> Resident:
    """68 years old, of two; hypertension, signed for quarterly follow-ups, of which two were given."""
    household = factories.make_household()
    resident = factories.make_resident(
        name="王秀兰", born=date(1950, 5, 1), household=household, phone="13905580123",
        registers={"hypertension": date(2017, 1, 1)},
    )  # fmt: skip
    factories.make_resident(name="李建国", sex="male", household=household)
    factories.make_item("BP", name="血压随访", kind="htn_follow_up")
    factories.make_coverage(resident=resident, packages=[factories.make_package(items={"BP": 4}, name="高血压包")])
    ledger.make_obligations(coverages=Coverage.objects.all())
    factories.make_service(resident, "BP", date(2018, 2, 1), systolic=160, diastolic=95)
    factories.make_service(resident, "BP", date(2018, 8, 1), systolic=145, diastolic=85)
    factories.make_service(resident, "BP", date(2018, 8, 15), systolic=146, diastolic=86)
    factories.make_service(resident, "ADVICE", date(2018, 9, 1), fasting_glucose=Decimal("7.4"))
    ledger.match_services()
    factories.make_visit(resident, date(2018, 4, 1))
    return resident


def words(resident: Resident) -> dict[str, Any]:
    return page(person(resident, user=SYSTEM, day=TODAY))


def test_page_tells_standing_household_and_categories(wang: Resident) -> None:
    told = words(wang)
    assert told["standing"].tone == "good"
    assert [member["name"] for member in told["members"]] == ["李建国"]
    assert len(told["categories"]) == 2
    assert told["phone_masked"] == "139****0123"


def test_promises_tell_what_became_of_each(wang: Resident) -> None:
    (year,) = words(wang)["years"]
    assert [row["state"].tone for row in year["promises"]] == ["good", "warn", "good", "warn"]
    assert [row["met_on"] for row in year["promises"]] == [date(2018, 2, 1), date(2018, 8, 15), date(2018, 8, 1), None]
    assert [service["day"] for service in words(wang)["other_services"]] == [date(2018, 9, 1)]


def test_promises_after_death_have_lapsed(wang: Resident) -> None:
    wang.died_on = date(2018, 3, 1)
    wang.save()
    Obligation.objects.update(met_by=None, met_on=None)
    (year,) = words(wang)["years"]
    assert [row["state"].tone for row in year["promises"]] == ["grey"] * 4


def test_contract_of_the_dead_is_over_and_each_leads_to_its_page(client: Client, clerk: User, wang: Resident) -> None:
    wang.died_on = date(2018, 3, 1)
    wang.save()
    with translation.override("en"):
        (row,) = words(wang)["coverages"]
    assert (row["state"].text, row["last_on"]) == ("ended by death", date(2018, 2, 28))
    said = client.get(f"/people/{wang.pk}/").content.decode()
    assert f"/sign/?resident={wang.pk}" not in said
    assert f'href="/contracts/{wang.coverages.get().contract_id}/"' in said


def test_contract_with_another_institution_has_no_way_to_it(client: Client, clerk: User, wang: Resident) -> None:
    elsewhere = factories.make_coverage(
        resident=wang,
        team=factories.make_team(institution=factories.make_institution()),
        start_on=date(2016, 1, 1),
        end_on=date(2016, 12, 31),
    )
    said = client.get(f"/people/{wang.pk}/").content.decode()
    assert elsewhere.contract.number in said
    assert f"/contracts/{elsewhere.contract_id}/" not in said


def test_readings_are_held_against_the_goal_of_the_age_then(wang: Resident) -> None:
    pressure, glucose = words(wang)["readings"]
    systolic, diastolic = pressure["chart"].lines
    assert [dot.is_met for dot in systolic.dots] == [False, True, True]  # below 150 from 65 on
    assert [dot.is_met for dot in diastolic.dots] == [False, True, True]
    assert [dot.is_met for dot in glucose["chart"].lines[0].dots] == [False]
    assert pressure["rows"][0] == (date(2018, 8, 15), [146, 86])


def test_page_takes_as_many_questions_for_a_long_story(
    client: Client, clerk: User, wang: Resident, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        factories.make_service(wang, "X", date(2018, 1, 1) + timedelta(days=number))
        factories.make_visit(wang, date(2018, 6, 1) + timedelta(days=number))
    client.get(f"/people/{wang.pk}/")
    # Besides: session, account and its institutions, transaction.
    with django_assert_max_num_queries(12 + BESIDE):
        assert client.get(f"/people/{wang.pk}/").status_code == 200


def test_whole_number_is_shown_for_a_reason_and_written_down(client: Client, clerk: User) -> None:
    resident = factories.make_resident(number="341204196005170029")
    url = f"/people/{resident.pk}/reveal/id_number/"
    assert b"341204196005170029" not in client.post(url, {"reason": " "}).content
    assert not AuditEvent.objects.filter(kind=AuditEvent.Kind.REVEAL).exists()
    response = client.post(url, {"reason": "核对身份证 13905580123"}, headers={"hx-request": "true"})
    assert b"341204196005170029" in response.content
    assert "no-store" in response.headers["Cache-Control"]
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.REVEAL)
    assert event.what == f"resident {resident.pk} id_number"
    assert event.reason == "核对身份证 ***"


def test_account_that_looks_at_too_many_is_slowed_down(client: Client, clerk: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(identities, "REVEALS_AN_HOUR", 1)
    resident = factories.make_resident(number="341204196005170029")
    url = f"/people/{resident.pk}/reveal/id_number/"
    assert b"341204196005170029" in client.post(url, {"reason": "call"}).content
    assert b"341204196005170029" not in client.post(url, {"reason": "call"}).content
    monkeypatch.setattr(identities, "AN_HOUR", timedelta(0))
    assert b"341204196005170029" in client.post(url, {"reason": "call"}).content
