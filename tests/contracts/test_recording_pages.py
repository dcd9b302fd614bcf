"""Recording on the pages: what is asked again, sent twice, corrected and deleted; the list of who came back."""

import re
from datetime import date
from typing import Any
from unittest.mock import patch

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from contracts.actions.attempts import try_to_reach
from contracts.actions.services import correct_service
from contracts.models import Attempt, Service
from residents.models import Resident
from teams.actions.submissions import fresh_key
from teams.models import Team, User
from teams.rules import RuleViolation
from tests.contracts.recorded import TODAY, record, sign
from tests.factories import make_doctor, make_item, make_team

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


@pytest.fixture
def desk(client: Client, doctor: User) -> Client:
    """A doctor's browser, in English."""
    client.force_login(doctor)
    client.cookies["django_language"] = "en"
    return client


def address(resident: Resident, page: str = "service_record") -> str:
    return reverse(f"contracts:{page}", args=[resident.pk])


KEY = "5f0c7a52-6d0e-4f6a-9d0b-0a4c6f1b2c3d"


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
    assert "It meets what was due on 2018-12-31. Still missing: what was due on 2018-03-31." in said


def test_unusual_reading_is_asked_again_and_impossible_refused(desk: Client, team: Team) -> None:
    resident = sign(team)
    impossible = send(desk, address(resident), systolic=400, diastolic=90)
    assert "400 is impossible" in impossible.content.decode()

    asked = send(desk, address(resident), systolic=240, diastolic=90)
    assert "240 is unusual" in asked.content.decode()
    assert not Service.objects.exists()

    send(desk, address(resident), systolic=240, diastolic=90, confirmed=hidden(asked, "confirmed"))
    assert Service.objects.get().systolic == 240


def test_follow_up_without_a_reading_is_asked_again_and_advice_is_not(desk: Client, team: Team) -> None:
    resident = sign(team)
    advice = make_item("ADVICE", name="Advice", kind="咨询指导")
    send(desk, address(resident) + "?item=ADVICE")
    assert [service.item for service in Service.objects.all()] == [advice]
    make_item("HTN", kind="htn_follow_up")

    asked = send(desk, address(resident) + "?item=HTN")
    assert "No reading was entered" in asked.content.decode()
    assert Service.objects.count() == 1

    send(desk, address(resident) + "?item=HTN", confirmed=hidden(asked, "confirmed"))
    assert Service.objects.count() == 2


def test_day_of_years_ago_is_asked_about_and_one_that_stood_there_is_not(desk: Client, team: Team) -> None:
    resident = sign(team)
    old = {"systolic": 130, "diastolic": 80, "performed_on": "20080930"}
    asked = send(desk, address(resident), **old)
    assert "2008-09-30 lies more than a year back." in asked.content.decode()
    other = send(desk, address(resident), **old | {"performed_on": "20090930"}, confirmed=hidden(asked, "confirmed"))
    assert not Service.objects.exists()
    send(desk, address(resident), **old | {"performed_on": "20090930"}, confirmed=hidden(other, "confirmed"))
    service = Service.objects.get()
    send(
        desk, reverse("contracts:service_edit", args=[service.pk]), **old | {"performed_on": "20090930", "note": "补录"}
    )
    service.refresh_from_db()
    assert service.note == "补录"


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
    corrected = send(desk, page, systolic=128, diastolic=80)
    assert "is corrected." in desk.get(corrected.headers["Location"]).content.decode()
    shown = desk.get(page).content.decode()
    assert ("138/80" in shown, doctor.username in shown) == (True, True)

    delete, key = reverse("contracts:service_delete", args=[service.pk]), {"submission": KEY}
    stale = desk.post(delete, {"seen": service.fingerprint, **key}, follow=True)
    assert "Somebody corrected this entry" in stale.content.decode()
    fields = {"seen": hidden(desk.get(page), "seen"), **key}
    assert {desk.post(delete, fields).headers["Location"] for _click in range(2)} == {address(service.resident)}
    assert not Service.objects.exists()
    assert desk.post(delete, fields | {"submission": fresh_key()}).status_code == 404


def test_correction_sent_twice_leads_to_the_same_page_and_is_made_once(desk: Client, team: Team) -> None:
    service = record(sign(team), systolic=138, diastolic=80)
    page = reverse("contracts:service_edit", args=[service.pk])
    opened = desk.get(page)
    fields = {"performed_on": "20181002", "systolic": 128, "diastolic": 80}
    fields |= {name: hidden(opened, name) for name in ("submission", "seen")}
    places = [desk.post(page, fields).headers.get("Location") for _click in range(2)]
    assert places[0] and places[0] == places[1]
    assert len(desk.get(page).context["versions"]) == 1


def test_correction_that_is_refused_keeps_what_was_typed(desk: Client, team: Team) -> None:
    resident = sign(team)
    record(resident, date(2018, 10, 1), systolic=130, diastolic=80)
    page = reverse("contracts:service_edit", args=[record(resident, systolic=138, diastolic=80).pk])

    refused = send(desk, page, performed_on="20181001", systolic=136, diastolic=80, note="坐位")
    assert refused.context["form"].errors["performed_on"] == [
        "This service was entered for that day already. Correct that entry instead."
    ]
    assert 'value="136"' in refused.content.decode() and 'value="坐位"' in refused.content.decode()


def test_slower_of_two_corrections_sees_the_difference_and_goes_on(desk: Client, team: Team, doctor: User) -> None:
    service = record(sign(team), systolic=138, diastolic=80)
    page = reverse("contracts:service_edit", args=[service.pk])
    opened = {
        "performed_on": "2018-10-02",
        "systolic": "138",
        "diastolic": "80",
        "seen": hidden(desk.get(page), "seen"),
    }
    correct_service(service=service, systolic=148, by=doctor)

    stale = desk.post(page, {**opened, "note": "坐位", "submission": KEY})
    assert [(line["label"], line["then"], line["now"]) for line in stale.context["stale"]["lines"]] == [
        ("Systolic (mmHg)", "138", "148")
    ]
    assert f"{doctor.username} changed this record" in " ".join(stale.content.decode().split())
    kept = {
        name: stale.context["form"][name].value() for name in ("performed_on", "systolic", "diastolic", "note", "seen")
    }
    assert desk.post(page, {**kept, "submission": KEY}).status_code == 302
    service.refresh_from_db()
    assert (service.systolic, service.note) == (148, "坐位")


def test_correction_of_what_is_deleted_leads_back_to_the_person(desk: Client, team: Team, doctor: User) -> None:
    service = record(sign(team), systolic=138, diastolic=80)
    page = reverse("contracts:service_edit", args=[service.pk])
    seen = hidden(desk.get(page), "seen")
    gone = RuleViolation("service.gone", "gone")
    with patch("contracts.views.services.correct_service", side_effect=gone):
        fields = {"performed_on": "20181002", "systolic": 136, "diastolic": 80, "seen": seen, "submission": KEY}
        answer = desk.post(page, fields)
    assert answer.headers["Location"] == address(service.resident)


def test_correction_to_a_critical_reading_leads_to_a_referral_once(desk: Client, team: Team) -> None:
    service = record(sign(team), systolic=138, diastolic=80)
    page = reverse("contracts:service_edit", args=[service.pk])

    critical = send(desk, page, systolic=188, diastolic=80)
    assert critical.headers["Location"].startswith(address(service.resident, "referral_create"))
    assert "see them again by 2018-10-16" in desk.get(critical.headers["Location"]).content.decode()
    noted = send(desk, page, systolic=188, diastolic=80, note="坐位")
    assert noted.headers["Location"].startswith(address(service.resident))


def test_outcome_of_a_call_leads_on(desk: Client, team: Team) -> None:
    resident = sign(team)
    page = address(resident, "attempt_create")
    refusing = send(desk, page, outcome="refused", channel="phone", tried_on="20181002")
    assert "/waive/" in refusing.headers["Location"]
    assert re.search(r'value="refused"[^>]* checked', desk.get(refusing.headers["Location"]).content.decode())

    agreeing = send(desk, page, outcome="agreed", channel="phone", tried_on="20181002", next_on="20181002")
    assert agreeing.headers["Location"].startswith("/due/")
    assert "promised for today" in desk.get("/due/").content.decode()

    Attempt.objects.filter(outcome="agreed").update(tried_on=date(2018, 9, 20), next_on=date(2018, 10, 1))
    Attempt.objects.exclude(outcome="agreed").delete()
    assert "promised day is past" in desk.get("/due/").content.decode()

    dayless = send(desk, page, outcome="agreed", channel="phone", tried_on="20181002")
    assert "Enter the day" in dayless.content.decode()
    assert Attempt.objects.count() == 1


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


def test_due_page_loads_who_came_back(desk: Client, team: Team, doctor: User) -> None:
    try_to_reach(resident=sign(team), channel="phone", outcome="away", tried_on=date(2018, 9, 1), by=doctor)
    assert 'hx-get="/due/returned/' in desk.get("/due/").content.decode()

    assert "Came back within 15 days after a call" in desk.get("/due/returned/").content.decode()
