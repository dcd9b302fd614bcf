"""Recording from the due list: what counts, what is asked again, what is critical; attempts, waivers, corrections."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from pytest_django import Settings

from contracts.actions.attempts import finish_follow_up, try_to_reach
from contracts.actions.ledger import match_services
from contracts.actions.recording import Entry, record_many
from contracts.actions.services import correct_service, delete_service, take_back_waiver, waive
from contracts.models import FollowUp, Service
from contracts.queries.attempts import Returned, returned_by_caller, returned_by_team
from residents.models import Resident
from service_packages.actions.items import change_item
from teams.models import Team, User
from teams.models.accounts import SYSTEM
from tests.contracts.recorded import TODAY, record, sign
from tests.contracts.steps import refused
from tests.factories import make_doctor, make_item, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def doctor(team: Team) -> User:
    return make_doctor(team)


def met(resident: Resident) -> list[date | None]:
    return list(resident.obligations.order_by("due_on").values_list("met_on", flat=True))


# --- What counts ----------------------------------------------------------------------------------------------------


def test_record_without_what_the_item_asks_for_meets_nothing_until_it_is_completed(team: Team) -> None:
    resident = sign(team)
    item = make_item("BP")
    item.readings, item.deciding = ["systolic", "diastolic"], ["readings"]
    item.save()

    service = record(resident)
    assert (service.is_counted, met(resident)) == (False, [None] * 4)

    service = correct_service(service=service, systolic=130, diastolic=80, by=SYSTEM)
    assert (service.is_counted, met(resident)) == (True, [None, None, None, TODAY])


def test_changed_rule_leaves_what_was_entered_before_as_it_was_judged(team: Team) -> None:
    resident = sign(team)
    record(resident)
    kept = met(resident)
    change_item(item=make_item("BP"), by=SYSTEM, readings=["systolic"], deciding=["readings"])
    match_services()
    later = record(resident, date(2018, 10, 1))

    assert met(resident) == kept == [None, None, None, TODAY]
    assert not later.is_counted


# --- Critical readings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("readings", "is_critical"),
    [
        ({"systolic": 180, "diastolic": 90}, True),
        ({"systolic": 179, "diastolic": 110}, True),
        ({"systolic": 179, "diastolic": 109}, False),
        ({"fasting_glucose": Decimal("16.7")}, True),
        ({"fasting_glucose": Decimal("16.6")}, False),
        ({"fasting_glucose": Decimal("3.9")}, True),
        ({"fasting_glucose": Decimal("4.0")}, False),
    ],
    ids=str,
)
def test_critical_reading_calls_for_a_follow_up_within_14_days(
    team: Team, readings: dict[str, Any], is_critical: bool
) -> None:
    service = record(sign(team), **readings)

    tasks = list(FollowUp.objects.values_list("service", "opened_on", "due_on"))
    assert tasks == ([(service.pk, TODAY, date(2018, 10, 16))] if is_critical else [])


def test_follow_up_goes_with_the_reading_that_called_for_it(team: Team) -> None:
    service = record(sign(team), systolic=190, diastolic=100)
    correct_service(service=service, performed_on=date(2018, 10, 1), by=SYSTEM)
    assert FollowUp.objects.get().due_on == date(2018, 10, 15)

    correct_service(service=service, systolic=130, by=SYSTEM)
    assert not FollowUp.objects.exists()

    correct_service(service=service, systolic=190, by=SYSTEM)
    delete_service(service=service, by=SYSTEM)
    assert not FollowUp.objects.exists()


def test_follow_up_is_closed_once_and_with_words(team: Team, doctor: User) -> None:
    record(sign(team), systolic=190, diastolic=100)
    task = FollowUp.objects.get()
    with refused("follow_up.no_note"):
        finish_follow_up(task=task, note="", by=doctor)
    finish_follow_up(task=task, note="电话随访,已服药", by=doctor)
    with refused("follow_up.done"):
        finish_follow_up(task=task, note="又一次", by=doctor)


# --- Two people at once ---------------------------------------------------------------------------------------------


def test_correction_of_an_older_state_is_refused(team: Team) -> None:
    service = record(sign(team), systolic=130, diastolic=80)
    seen = service.fingerprint
    correct_service(service=service, systolic=135, by=SYSTEM, seen=seen)

    with refused("service.changed"):
        correct_service(service=service, systolic=140, by=SYSTEM, seen=seen)
    with refused("service.changed"):
        delete_service(service=service, by=SYSTEM, seen=seen)
    assert Service.objects.get().systolic == 135


def test_correction_of_a_deleted_entry_is_refused(team: Team) -> None:
    service = record(sign(team))
    delete_service(service=Service.objects.get(), by=SYSTEM)

    with refused("service.gone"):
        correct_service(service=service, systolic=140, diastolic=80, by=SYSTEM)


# --- Many at once ---------------------------------------------------------------------------------------------------


def test_good_rows_of_many_go_in_and_bad_ones_are_told(team: Team) -> None:
    one, other, dead = sign(team), sign(team), sign(team, died_on=date(2018, 9, 1))
    item = make_item("BP")
    record(other)
    recorded = record_many(
        entries=[
            Entry(one, item, TODAY, systolic=190, diastolic=90),
            Entry(one, item, TODAY),
            Entry(other, item, TODAY),
            Entry(dead, item, TODAY),
            Entry(other, item, date(2018, 9, 1), systolic=400),
            Entry(other, item, date(2018, 8, 1)),
        ],
        by=SYSTEM,
    )

    assert [service.performed_on for service in recorded.services] == [TODAY, date(2018, 8, 1)]
    assert (sorted(recorded.refused), recorded.unchanged) == ([1, 3, 4], 1)
    assert met(one) == [None, None, None, TODAY]
    assert met(other) == [None, None, date(2018, 8, 1), TODAY]
    assert FollowUp.objects.get().resident == one


# --- Attempts and waivers -------------------------------------------------------------------------------------------


def test_wrong_number_is_marked_on_the_record(team: Team, doctor: User) -> None:
    resident = sign(team, phone="13800001234")
    made = try_to_reach(resident=resident, channel="phone", outcome="wrong_number", by=doctor)

    resident.refresh_from_db()
    assert (made.team, resident.phone_problem) == (team, "wrong_number")


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"outcome": "agreed"}, "attempt.no_day"),
        ({"outcome": "again", "next_on": date(2018, 10, 1)}, "attempt.day_passed"),
        ({"outcome": "again", "next_on": date(2019, 10, 3)}, "attempt.day_too_far"),
        ({"outcome": "away", "tried_on": date(2018, 10, 3)}, "attempt.in_future"),
    ],
    ids=str,
)
def test_attempt_that_cannot_be_is_refused(team: Team, doctor: User, about: dict[str, Any], code: str) -> None:
    with refused(code):
        try_to_reach(resident=sign(team), channel="phone", by=doctor, **about)


def test_waiver_taken_back_leaves_its_history_and_is_owed_again(team: Team) -> None:
    resident = sign(team)
    record(resident, date(2018, 2, 1))
    first, second, *_rest = resident.obligations.order_by("due_on")
    waive(obligation=second, reason="away", by=make_user(username="li"), on=date(2018, 6, 1))
    record(resident, date(2018, 7, 15))
    record(resident, date(2018, 7, 20))
    assert met(resident) == [date(2018, 2, 1), None, date(2018, 7, 15), None]

    take_back_waiver(obligation=second, by=SYSTEM)
    assert met(resident) == [date(2018, 2, 1), date(2018, 7, 20), date(2018, 7, 15), None]
    with refused("obligation.not_waived"):
        take_back_waiver(obligation=first, by=SYSTEM)
    events = apps.get_model("contracts", "ObligationEvent").objects.filter(pgh_obj_id=second.pk)
    assert list(events.order_by("pgh_id").values_list("waiver", "waived_by")) == [("", ""), ("away", "li")]


# --- Who came back --------------------------------------------------------------------------------------------------


def test_returned_counts_people_by_team_and_caller_once_their_days_are_over(team: Team, doctor: User) -> None:
    colleague = make_doctor(team)
    back, late, absent, fresh = (sign(team) for _number in range(4))
    for resident, caller, day in (
        (back, doctor, date(2018, 9, 1)),
        (back, doctor, date(2018, 9, 10)),
        (late, colleague, date(2018, 9, 1)),
        (absent, colleague, date(2018, 9, 17)),
        (fresh, doctor, date(2018, 9, 18)),
    ):
        try_to_reach(resident=resident, channel="phone", outcome="away", tried_on=day, by=caller)
    record(back, date(2018, 9, 16))
    record(late, date(2018, 9, 17))

    assert returned_by_team([team.pk], TODAY) == {team.pk: Returned(tried=3, returned=1)}
    assert returned_by_caller([team.pk], TODAY) == {doctor.pk: Returned(1, 1), colleague.pk: Returned(2, 0)}
