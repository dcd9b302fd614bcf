"""Referrals up and down: who takes which step, slots that are never oversold, what follows a result; their pages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from contracts.actions import referrals
from contracts.models import FollowUp, Referral, SlotQuota
from contracts.presenters.today import today_page
from contracts.queries.due import Choice, Window, counts
from residents.models import Resident
from teams.models import Institution, Role, Team, User
from teams.rules import RuleViolation
from tests.factories import (
    make_coverage,
    make_doctor,
    make_id_number,
    make_institution,
    make_item,
    make_resident,
    make_staff,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db

TODAY = date(2018, 10, 2)


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def hospital() -> Institution:
    return make_institution(code="H", name="区人民医院", kind=Institution.Kind.HOSPITAL)


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def doctor(team: Team) -> User:
    return make_doctor(team)


@pytest.fixture
def specialist(hospital: Institution) -> User:
    """A doctor of the hospital, in no team."""
    return make_user(Role.DOCTOR, institution=hospital, staff=make_staff(institution=hospital), username="specialist")


@pytest.fixture
def resident(team: Team) -> Resident:
    return make_coverage(team=team, resident=make_resident(name="王秀兰")).resident


def refer(resident: Resident, hospital: Institution, by: User, priority: str = "routine") -> Referral:
    return referrals.refer(resident=resident, hospital=hospital, reason="血压 190/100", priority=priority, by=by)


def keep(hospital: Institution, by: User, reserved: int = 1, day: date = date(2018, 10, 5)) -> SlotQuota:
    return referrals.reserve_slots(
        hospital=hospital, kind="specialist", department="心内科", day=day, reserved=reserved, by=by
    )


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(RuleViolation) as refusal:
        yield
    assert refusal.value.code == code


# --- Up -------------------------------------------------------------------------------------------------------------


def test_referral_goes_up_is_seen_and_comes_back_as_a_follow_up(
    resident: Resident, hospital: Institution, doctor: User, specialist: User, team: Team
) -> None:
    slot = keep(hospital, specialist)
    referral = refer(resident, hospital, doctor)
    referrals.accept(referral=referral, slot=slot, by=specialist)
    referrals.mark_seen(referral=referral, by=specialist)
    returned = referrals.return_result(referral=referral, result="加用氨氯地平", by=specialist)

    assert (returned.appointment_on, SlotQuota.objects.get().taken) == (date(2018, 10, 5), 1)
    assert FollowUp.objects.values_list("cause", "due_on").get() == ("result", date(2018, 10, 16))
    assert counts(Choice(TODAY, (team.pk,)))[Window.TODO].people == 1
    assert counts(Choice(date(2018, 10, 10), (team.pk,)))[Window.WEEK].people == 1

    referrals.close(referral=referral, note="已随访", by=doctor)
    assert counts(Choice(date(2018, 10, 10), (team.pk,)))[Window.WEEK].people == 0
    assert list(referral.steps.values_list("status", "by")) == [
        ("requested", str(doctor)),
        ("accepted", "specialist"),
        ("seen", "specialist"),
        ("returned", "specialist"),
        ("closed", str(doctor)),
    ]


@pytest.mark.parametrize(("priority", "due_on"), [("routine", date(2018, 10, 5)), ("emergency", TODAY)])
def test_answer_is_due_by_priority(
    resident: Resident, hospital: Institution, doctor: User, priority: str, due_on: date
) -> None:
    assert refer(resident, hospital, doctor, priority).answer_due_on == due_on


def test_each_side_takes_its_own_steps_only(
    resident: Resident, hospital: Institution, doctor: User, specialist: User
) -> None:
    referral = refer(resident, hospital, doctor)
    with refused("referral.not_yours"):
        referrals.accept(referral=referral, appointment_on=TODAY, by=doctor)
    with refused("referral.not_yours"):
        referrals.withdraw(referral=referral, note="不需要", by=specialist)
    with refused("referral.moved"):
        referrals.mark_seen(referral=referral, by=specialist)


def test_step_after_a_colleague_s_names_who_took_it(
    resident: Resident, hospital: Institution, doctor: User, specialist: User
) -> None:
    referral = refer(resident, hospital, doctor)
    referrals.withdraw(referral=referral, note="自行就诊", by=doctor)
    with pytest.raises(RuleViolation, match=f"{doctor}.*2018-10-02"):
        referrals.accept(referral=referral, appointment_on=TODAY, by=specialist)


def test_what_cannot_be_asked_is_refused(
    resident: Resident, hospital: Institution, doctor: User, specialist: User, team: Team
) -> None:
    refer(resident, hospital, doctor)
    with refused("referral.open"):
        refer(resident, hospital, doctor)
    with refused("referral.not_hospital"):
        refer(resident, team.institution, doctor)
    with refused("referral.no_team"):
        refer(make_resident(), hospital, doctor)
    with refused("referral.not_yours"):
        refer(resident, make_institution(kind=Institution.Kind.LEAD_HOSPITAL), specialist)


def test_withdrawn_referral_gives_its_slot_back(
    resident: Resident, hospital: Institution, doctor: User, specialist: User
) -> None:
    slot = keep(hospital, specialist)
    referral = refer(resident, hospital, doctor)
    referrals.accept(referral=referral, slot=slot, by=specialist)
    referrals.withdraw(referral=referral, note="已好转", by=doctor)

    assert SlotQuota.objects.get().taken == 0


# --- Slots ----------------------------------------------------------------------------------------------------------


def test_slots_are_not_kept_below_what_is_taken_nor_by_others(
    resident: Resident, hospital: Institution, doctor: User, specialist: User
) -> None:
    slot = keep(hospital, specialist, reserved=2)
    referrals.accept(referral=refer(resident, hospital, doctor), slot=slot, by=specialist)
    with refused("slot.below_taken"):
        keep(hospital, specialist, reserved=0)
    with refused("slot.not_yours"):
        keep(hospital, doctor)
    with refused("slot.day_passed"):
        keep(hospital, specialist, day=date(2018, 10, 1))


@pytest.mark.django_db(transaction=True)
def test_last_slot_is_given_once_to_two_who_take_it_at_once(hospital: Institution, doctor: User, team: Team) -> None:
    specialist = make_user(Role.CLERK, institution=hospital)
    slot = keep(hospital, specialist)
    asked = [refer(make_coverage(team=team).resident, hospital, doctor) for _twice in range(2)]
    start, codes = Barrier(2), []

    def take(referral: Referral) -> None:
        start.wait()
        try:
            referrals.accept(referral=referral, slot=slot, by=specialist)
        except RuleViolation as refusal:
            codes.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=take, args=(referral,)) for referral in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert codes == ["referral.slot_full"]
    assert SlotQuota.objects.get().taken == 1
    assert Referral.objects.filter(slot=slot).count() == 1


# --- Down -----------------------------------------------------------------------------------------------------------


def test_patient_handed_back_is_taken_by_the_team_and_followed_up(
    resident: Resident, hospital: Institution, doctor: User, specialist: User
) -> None:
    referral = referrals.hand_back(resident=resident, hospital=hospital, reason="出院,两周复查", by=specialist)
    with refused("referral.not_yours"):
        referrals.accept(referral=referral, by=specialist)
    referrals.accept(referral=referral, by=doctor)

    assert FollowUp.objects.values_list("cause", "due_on").get() == ("discharge", date(2018, 10, 16))
    referrals.close(referral=referral, note="血压平稳", by=doctor)
    assert FollowUp.objects.get().done_on == TODAY


def test_refusal_of_a_second_one_names_where_the_first_one_went(
    resident: Resident, hospital: Institution, doctor: User, specialist: User, team: Team
) -> None:
    referrals.hand_back(resident=resident, hospital=hospital, reason="出院,两周复查", by=specialist)
    with pytest.raises(RuleViolation) as refusal:
        referrals.hand_back(resident=resident, hospital=hospital, reason="出院", by=specialist)
    assert team.name in str(refusal.value)
    refer(resident, hospital, doctor)
    with pytest.raises(RuleViolation) as refusal:
        refer(resident, hospital, doctor)
    assert "区人民医院" in str(refusal.value)


# --- Pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def send(desk: Client, url: str, page: str = "", **fields: Any) -> HttpResponse:
    """The form as it stands on the page, with these fields filled in."""
    found = re.search(r'name="submission" value="([^"]*)"', desk.get(page or url).content.decode())
    return desk.post(url, {"submission": found[1] if found else "", **fields})


def test_critical_reading_leads_to_a_referral_that_is_filled_in(
    desk: Client, resident: Resident, hospital: Institution, doctor: User
) -> None:
    make_item("BP", name="Pressure", kind="htn_follow_up")
    desk.force_login(doctor)
    answer = send(
        desk, f"/due/{resident.pk}/record/?item=BP", performed_on="20181002", systolic=190, diastolic=100, next="1"
    )
    assert answer.headers["Location"].startswith(f"/referrals/new/{resident.pk}/")
    page = desk.get(answer.headers["Location"]).content.decode()
    assert "Pressure 2018-10-02: 190/100 mmHg" in page

    sent = send(desk, answer.headers["Location"], hospital=hospital.pk, priority="urgent", reason="190/100")
    assert sent.headers["Location"].startswith("/due/")
    assert Referral.objects.get().priority == "urgent"


def test_hospital_sees_what_is_addressed_to_it_and_nothing_else_of_the_person(
    desk: Client, resident: Resident, hospital: Institution, doctor: User, specialist: User
) -> None:
    referral = refer(resident, hospital, doctor)
    desk.force_login(specialist)
    page = desk.get("/referrals/").content.decode()
    assert "王秀兰" in page
    assert f"/due/{resident.pk}/record/" not in desk.get(f"/referrals/{referral.pk}/").content.decode()
    assert desk.get(f"/due/{resident.pk}/record/").status_code == 404

    elsewhere = make_institution(kind=Institution.Kind.HOSPITAL)
    desk.force_login(make_user(Role.CLERK, institution=elsewhere))
    assert desk.get(f"/referrals/{referral.pk}/").status_code == 404


def test_hospital_answers_on_the_page(
    desk: Client, resident: Resident, hospital: Institution, doctor: User, specialist: User
) -> None:
    referral, page = refer(resident, hospital, doctor), "/referrals/{}/"
    desk.force_login(specialist)
    here = page.format(referral.pk)
    dayless = send(desk, f"{here}accepted/", here)
    assert "Choose a reserved slot or enter the day" in dayless.content.decode()

    send(desk, f"{here}accepted/", here, appointment_on="20181008")
    send(desk, f"{here}seen/", here)
    assert "Say in a few words" in send(desk, f"{here}returned/", here).content.decode()
    send(desk, f"{here}returned/", here, note="加用氨氯地平")
    referral.refresh_from_db()
    assert (referral.status, referral.result, referral.appointment_on) == (
        "returned",
        "加用氨氯地平",
        date(2018, 10, 8),
    )


def test_slot_and_another_day_are_not_both_the_appointment(
    desk: Client, resident: Resident, hospital: Institution, doctor: User, specialist: User
) -> None:
    referral, slot = refer(resident, hospital, doctor), keep(hospital, specialist)
    desk.force_login(specialist)
    here = f"/referrals/{referral.pk}/"
    both = send(desk, f"{here}accepted/", here, slot=slot.pk, appointment_on="20181008")
    assert "The slot is on 2018-10-05" in both.content.decode()
    send(desk, f"{here}accepted/", here, slot=slot.pk, appointment_on="20181005")
    referral.refresh_from_db()
    assert (referral.slot, referral.appointment_on) == (slot, date(2018, 10, 5))


def test_who_is_to_answer_reads_it_on_the_start_page(
    resident: Resident, hospital: Institution, doctor: User, team: Team, settings: Settings
) -> None:
    window = make_user(Role.CLERK, institution=hospital)
    clerk = make_user(Role.CLERK, institution=team.institution)
    asked = refer(resident, hospital, doctor)
    assert told(window) == [f"/referrals/{asked.pk}/"]
    assert told(clerk) == told(doctor) == []

    offered = referrals.hand_back(resident=resident, hospital=hospital, reason="出院", by=window)
    assert told(window) == [f"/referrals/{asked.pk}/"]
    assert told(clerk) == told(doctor) == [f"/referrals/{offered.pk}/"]
    assert told(make_user(Role.CLERK)) == []

    referrals.accept(referral=offered, by=doctor)
    assert told(clerk) == []


def told(user: User) -> list[str]:
    """The pages of referrals to which the start page leads."""
    return [
        line.url for card in today_page(user, TODAY)["cards"] if card["code"] == "referrals" for line in card["lines"]
    ]


def test_overdue_answers_have_a_list_of_their_own(
    desk: Client, resident: Resident, hospital: Institution, doctor: User, settings: Settings
) -> None:
    refer(resident, hospital, doctor)
    settings.TODAY = date(2018, 10, 6)
    desk.force_login(doctor)
    page = desk.get("/referrals/").content.decode()

    assert re.search(r'stage=overdue" aria-current="page">Answer overdue', page)
    assert "王秀兰" in page


def test_hospital_hands_somebody_back_by_the_number_on_the_card(
    desk: Client, hospital: Institution, team: Team, specialist: User
) -> None:
    number = make_id_number()
    make_coverage(team=team, resident=make_resident(number=number))
    desk.force_login(specialist)
    url = "/referrals/hand-back/"
    unknown = send(desk, url, id_number=make_id_number(), hospital=hospital.pk, reason="出院")
    assert "No team covers this person" in unknown.content.decode()

    send(desk, url, id_number=number, hospital=hospital.pk, reason="出院")
    assert Referral.objects.get().direction == "down"


def test_hospital_keeps_slots_on_the_page(desk: Client, hospital: Institution, specialist: User, doctor: User) -> None:
    desk.force_login(specialist)
    form = {"hospital": hospital.pk, "kind": "bed", "department": "内科", "day": "20181005", "reserved": 3}
    desk.post("/referrals/slots/", form)
    assert SlotQuota.objects.values_list("kind", "reserved", "taken").get() == ("bed", 3, 0)

    desk.force_login(doctor)
    page = desk.get("/referrals/slots/").content.decode()
    assert ("内科" in page, "Save the number" in page) == (True, False)
