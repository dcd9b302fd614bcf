"""Recording from the due list: what counts, what is asked again, what is critical; attempts, waivers, corrections."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from contracts.actions.attempts import finish_follow_up, try_to_reach
from contracts.actions.ledger import make_obligations, match_services
from contracts.actions.recording import Entry, record_many
from contracts.actions.services import correct_service, delete_service, record_service, take_back_waiver, waive
from contracts.models import Attempt, Coverage, FollowUp, Service
from contracts.queries.attempts import Returned, returned_by_caller, returned_by_team
from residents.models import Resident
from service_packages.actions.items import change_item
from teams.models import Team, User
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.factories import make_coverage, make_doctor, make_item, make_package, make_resident, make_team, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2018, 10, 2)


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def doctor(team: Team) -> User:
    return make_doctor(team)


@pytest.fixture
def desk(client: Client, doctor: User) -> Client:
    """A doctor's browser, in English."""
    client.force_login(doctor)
    client.cookies["django_language"] = "en"
    return client


def sign(team: Team, **fields: Any) -> Resident:
    """Somebody owed four follow-ups in 2018, three of which are overdue."""
    make_item("BP", name="Pressure", kind="htn_follow_up")
    coverage = make_coverage(team=team, packages=[make_package(items={"BP": 4})], resident=make_resident(**fields))
    make_obligations(coverages=Coverage.objects.filter(pk=coverage.pk))
    return coverage.resident


def record(resident: Resident, day: date = TODAY, **details: Any) -> Service:
    return record_service(resident=resident, item=make_item("BP"), performed_on=day, by=SYSTEM, **details)


def met(resident: Resident) -> list[date | None]:
    return list(resident.obligations.order_by("due_on").values_list("met_on", flat=True))


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(RuleViolation) as refusal:
        yield
    assert refusal.value.code == code


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


# --- Pages ----------------------------------------------------------------------------------------------------------


def address(resident: Resident, page: str = "service_record") -> str:
    return reverse(f"contracts:{page}", args=[resident.pk])


def hidden(response: HttpResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    return found[1] if found else ""


def send(desk: Client, url: str, **fields: Any) -> HttpResponse:
    """The form as it stands on the page, with these fields filled in."""
    page = desk.get(url)
    kept = {name: hidden(page, name) for name in ("submission", "seen")}
    return desk.post(url, {"performed_on": "20181002", **kept, **fields})


def test_follow_up_is_saved_and_the_next_person_opens(desk: Client, team: Team) -> None:
    one, other = sign(team, name="王秀兰"), sign(team, name="李建国")
    answer = send(desk, address(one) + "?window=overdue", systolic=138, diastolic=86, place="clinic", next="1")

    assert answer.headers["Location"] == address(other) + "?window=overdue"
    service = Service.objects.get()
    assert (service.systolic, service.diastolic, service.place, service.performed_on) == (138, 86, "clinic", TODAY)
    said = desk.get(answer.headers["Location"]).content.decode()
    assert "It meets what was due on 2018-12-31. Next due: 2018-03-31." in said


def test_unusual_reading_is_asked_again_and_impossible_refused(desk: Client, team: Team) -> None:
    resident = sign(team)
    impossible = send(desk, address(resident), systolic=400, diastolic=90)
    assert "400 is impossible" in impossible.content.decode()

    asked = send(desk, address(resident), systolic=240, diastolic=90)
    assert "240 is unusual" in asked.content.decode()
    assert not Service.objects.exists()

    send(desk, address(resident), systolic=240, diastolic=90, confirmed=hidden(asked, "confirmed"))
    assert Service.objects.get().systolic == 240


def test_confirmation_is_for_the_values_that_were_asked_about(desk: Client, team: Team) -> None:
    resident = sign(team)
    asked = send(desk, address(resident), systolic=240, diastolic=90)
    again = send(desk, address(resident), systolic=250, diastolic=90, confirmed=hidden(asked, "confirmed"))

    assert "250 is unusual" in again.content.decode()


def test_what_was_given_today_is_not_proposed_again(desk: Client, team: Team) -> None:
    resident = sign(team)
    other = make_item("ADVICE", name="Advice", kind="advice")
    record(resident)

    page = desk.get(address(resident))

    assert page.context["item"] == other
    assert page.context["chips"] == []
    assert desk.get(address(resident) + "?item=BP").context["item"] == make_item("BP")


def test_form_records_the_item_that_it_was_drawn_for(desk: Client, team: Team) -> None:
    resident = sign(team)
    make_item("ADVICE", name="Advice", kind="advice")
    page = desk.get(address(resident))
    kept = {name: hidden(page, name) for name in ("item", "submission")}
    record(resident)  # by a colleague, in the meantime

    answer = desk.post(address(resident), {"performed_on": "20181002", "systolic": 130, "diastolic": 80, **kept})

    assert answer.status_code == 200 and answer.context["form"].errors
    assert Service.objects.count() == 1


def test_double_click_records_once(desk: Client, team: Team) -> None:
    resident = sign(team)
    page = desk.get(address(resident))
    fields = {"performed_on": "2018-10-02", "systolic": 130, "diastolic": 80, "submission": hidden(page, "submission")}
    first, second = (desk.post(address(resident), fields) for _click in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert Service.objects.count() == 1


def test_page_says_why_a_record_does_not_count(desk: Client, team: Team) -> None:
    resident = sign(team)
    item = make_item("BP")
    item.modes, item.deciding = ["home"], ["modes"]
    item.save()
    answer = send(desk, address(resident), systolic=130, diastolic=80, place="phone")

    assert "It does not fulfil the promise. Counts only when given: at home." in desk.get(
        answer.headers["Location"]
    ).content.decode().replace("\n", " ")


def test_entry_is_corrected_with_its_history_shown_and_deleted(desk: Client, team: Team, doctor: User) -> None:
    service = record(sign(team), systolic=138, diastolic=80)
    page = reverse("contracts:service_edit", args=[service.pk])
    send(desk, page, systolic=128, diastolic=80)
    shown = desk.get(page).content.decode()
    assert ("138/80" in shown, doctor.username in shown) == (True, True)

    stale = desk.post(
        reverse("contracts:service_delete", args=[service.pk]), {"seen": service.fingerprint}, follow=True
    )
    assert "Somebody corrected this entry" in stale.content.decode()
    desk.post(reverse("contracts:service_delete", args=[service.pk]), {"seen": hidden(desk.get(page), "seen")})
    assert not Service.objects.exists()


def test_outcome_of_a_call_leads_on(desk: Client, team: Team) -> None:
    resident = sign(team)
    page = address(resident, "attempt_create")
    refusing = send(desk, page, outcome="refused", channel="phone", tried_on="20181002")
    assert "/waive/" in refusing.headers["Location"]
    assert re.search(r'value="refused"[^>]* checked', desk.get(refusing.headers["Location"]).content.decode())

    agreeing = send(desk, page, outcome="agreed", channel="phone", tried_on="20181002", next_on="20181002")
    assert agreeing.headers["Location"].startswith("/due/")
    assert "promised for today" in desk.get("/due/").content.decode()

    dayless = send(desk, page, outcome="agreed", channel="phone", tried_on="20181002")
    assert "Enter the day" in dayless.content.decode()
    assert Attempt.objects.count() == 2


def test_waiver_is_given_and_taken_back_on_the_page(desk: Client, team: Team, doctor: User) -> None:
    resident = sign(team)
    first = resident.obligations.order_by("due_on").first()
    assert first
    send(desk, reverse("contracts:obligation_waive", args=[first.pk]), reason="away", on="20181001")
    first.refresh_from_db()
    assert (first.waiver, first.waived_by, first.waived_on) == ("away", doctor.username, date(2018, 10, 1))
    assert "Take back" in desk.get(address(resident)).content.decode()

    desk.post(reverse("contracts:obligation_take_back", args=[first.pk]))
    first.refresh_from_db()
    assert first.waived_on is None


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


def test_due_page_loads_who_came_back(desk: Client, team: Team, doctor: User) -> None:
    try_to_reach(resident=sign(team), channel="phone", outcome="away", tried_on=date(2018, 9, 1), by=doctor)
    assert 'hx-get="/due/returned/' in desk.get("/due/").content.decode()

    assert "Came back within 15 days after a call" in desk.get("/due/returned/").content.decode()
