"""Signals of false signing: a case counted by hand for each, none on sound data."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from assessments.actions.phone_runs import consecutive
from assessments.models import Lead
from contracts.models import Charge, Coverage, FeeEntry, Service
from residents.models import Resident
from teams.models import PolicyValue, Staff
from tests import factories
from tests.assessments.screened import found, one, screen, signed

pytestmark = pytest.mark.django_db
DAY = date(2018, 12, 20)
State = Lead.State


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = DAY


def policy(**values: int) -> None:
    for code, value in values.items():
        PolicyValue.objects.create(code=code, value=value, from_on=date(2018, 1, 1))


def give(staff: Staff, count: int, day: date = date(2018, 8, 15), **fields: object) -> list[Service]:
    """A service each to so many people."""
    return [
        factories.make_service(factories.make_resident(), "BP", day, staff=staff, **fields) for _service in range(count)
    ]


def numbers(first: int, count: int) -> list[str]:
    return [str(first + place) for place in range(count)]


# --- Telephone numbers ----------------------------------------------------------------------------------------------


def test_number_of_three_people_of_two_households_is_one_lead_of_their_team() -> None:
    team, household = factories.make_team(), factories.make_household()
    homes = (household, household, factories.make_household())
    people = [signed(team, phone="13812340001", household=home) for home in homes]
    lead = one("phone_shared")
    assert lead.team == team
    assert lead.evidence == {"people": 3, "households": 2, "residents": sorted(each.pk for each in people)}


def test_number_of_one_household_is_no_lead() -> None:
    home = factories.make_household()
    for _member in range(4):
        signed(phone="13812340001", household=home)
    assert found("phone_shared") == []


def test_three_consecutive_numbers_of_one_team_are_a_lead() -> None:
    team = factories.make_team()
    people = [signed(team, phone=phone) for phone in ("13812340009", "13812340010", "13812340011", "13812340013")]
    lead = one("phone_run")
    assert (lead.evidence["people"], lead.evidence["numbers"]) == (3, 3)
    assert lead.evidence["residents"] == sorted(each.pk for each in people[:3])


def test_consecutive_numbers_of_different_teams_are_no_lead() -> None:
    for phone in numbers(13812340001, 3):
        signed(phone=phone)
    assert found("phone_run") == []


def test_run_counts_numbers_not_people_and_ends_at_the_first_gap() -> None:
    same = [(1, 10), (1, 11), (2, 12)]
    assert list(consecutive(same, 3)) == []
    assert list(consecutive([*same, (3, 13), (9, 14)], 3)) == [[*same, (3, 13)]]


def test_number_of_a_staff_member_is_a_lead_but_not_at_the_own_family() -> None:
    home = factories.make_household()
    own = signed(name="李医生", phone="13812340001", household=home)
    signed(phone="13812340001", household=home)
    stranger = signed(phone="13812340001")
    doctor = factories.make_staff(name="李医生")
    Staff.objects.filter(pk=doctor.pk).update(phone_hash=own.phone_hash)
    lead = one("phone_of_staff")
    assert (lead.evidence["residents"], lead.evidence["staff"]) == ([stranger.pk], doctor.pk)


def test_impossible_and_missing_numbers_are_counted_by_team() -> None:
    team = factories.make_team()
    bad = signed(team, phone="1381234", phone_problem="malformed")
    adult, _child = signed(team), signed(team, born=date(2012, 1, 1))
    signed(team, phone="13812340001")
    impossible, missing = one("phone_impossible"), one("phone_missing")
    assert impossible.evidence == {"people": 1, "signed": 4, "residents": [bad.pk]}
    assert missing.evidence == {"people": 1, "signed": 4, "residents": [adult.pk]}


def test_numbers_that_are_wrong_as_often_as_anywhere_are_no_lead() -> None:
    team = factories.make_team()
    signed(team, phone="1381234", phone_problem="malformed")
    for phone in numbers(13812340001, 19):
        signed(team, phone=phone)
    assert one("phone_impossible").evidence["people"] == 1  # 5 of 100
    signed(team, phone="13812350001")
    assert found("phone_impossible") == []


# --- People ---------------------------------------------------------------------------------------------------------


def test_records_alike_signed_with_two_teams_are_one_lead() -> None:
    home = {"name": "王强", "village": factories.make_village(), "phone": "13812340001"}
    twins = [signed(**home) for _record in range(2)]
    signed(name="王强", village=factories.make_village(), phone="13812340002")
    assert one("two_teams").evidence["residents"] == [twin.pk for twin in twins]


def test_records_alike_with_one_team_are_no_lead() -> None:
    team, village = factories.make_team(), factories.make_village()
    for _record in range(2):
        signed(team, name="王强", village=village)
    assert found("two_teams") == []


def test_signing_after_death_is_a_lead_and_on_the_day_itself_not() -> None:
    late, same = (
        factories.make_resident(died_on=day, phone="13812340001") for day in (date(2017, 12, 31), date(2018, 1, 1))
    )
    for resident in (late, same):
        factories.make_coverage(resident=resident, end_on=date(2018, 6, 30))
    assert one("signed_after_leaving").resident == late


def test_signing_after_moving_away_is_a_lead() -> None:
    resident = factories.make_resident(moved_out_on=date(2018, 1, 1))
    factories.make_coverage(resident=resident)
    assert one("signed_after_leaving").evidence["left_on"] == "2018-01-01"


def test_services_after_death_are_a_lead_with_their_number() -> None:
    resident = factories.make_resident(died_on=date(2018, 5, 1))
    for day in (date(2018, 5, 1), date(2018, 5, 2), date(2018, 6, 1)):
        factories.make_service(resident, "BP", day)
    lead = one("served_after_leaving")
    assert (lead.evidence["services_count"], lead.evidence["day"]) == (2, "2018-06-01")


def test_promise_met_before_the_contract_was_signed_is_a_lead() -> None:
    from contracts.actions.ledger import make_obligations, match_services

    resident = factories.make_resident()
    contract = factories.make_contract(signed_on=date(2018, 3, 1))
    coverage = factories.make_coverage(
        resident=resident, contract=contract, packages=[factories.make_package(items={"BP": 4})]
    )
    make_obligations(coverages=Coverage.objects.filter(pk=coverage.pk))
    early = factories.make_service(resident, "BP", date(2018, 2, 1))
    factories.make_service(resident, "BP", date(2018, 5, 1))
    match_services(coverages=Coverage.objects.all())
    lead = one("served_before_signing")
    assert (lead.evidence["services"], lead.evidence["people"]) == ([early.pk], 1)


# --- Working days ---------------------------------------------------------------------------------------------------


def test_day_with_more_signings_than_allowed_is_a_lead() -> None:
    policy(lead_signed_a_day=2)
    team = factories.make_team()
    for day in (date(2018, 3, 1),) * 3 + (date(2018, 3, 2),) * 2:
        factories.make_coverage(team=team, start_on=day)
    lead = one("signed_in_a_day")
    assert (lead.evidence["people"], lead.evidence["days"], lead.evidence["day"]) == (3, 1, "2018-03-01")


def test_day_with_more_services_than_allowed_is_a_lead_of_the_staff_member() -> None:
    policy(lead_services_a_day=2)
    busy, calm = factories.make_staff(), factories.make_staff()
    give(busy, 3)
    give(calm, 2)
    lead = one("served_in_a_day")
    assert (lead.staff, lead.evidence["services_count"], lead.evidence["day"]) == (busy, 3, "2018-08-15")


def test_services_face_to_face_in_two_townships_on_one_day_are_a_lead() -> None:
    staff = factories.make_staff()
    for place, way in (("甲", "home"), ("乙", "home"), ("丙", "phone")):
        village = factories.make_village()
        village.parent = factories.make_village(name=place)
        village.save()
        for _service in range(3):
            resident = factories.make_resident(village=village)
            factories.make_service(resident, "BP", date(2018, 8, 15), staff=staff, place=way)
    assert one("two_places").evidence == {"days": 1, "day": "2018-08-15", "people": 6, "least": 3}


def test_records_entered_at_night_by_hand_are_a_lead_and_those_of_a_file_are_not() -> None:
    policy(lead_night_entries=2)
    by_hand, by_file = factories.make_staff(), factories.make_staff()
    night = datetime(2018, 8, 15, 15, 30, tzinfo=UTC)  # 23:30 in China
    for place, service in enumerate(give(by_hand, 2)):
        Service.objects.filter(pk=service.pk).update(entered_at=night + timedelta(seconds=place))
    Service.objects.filter(pk__in=[service.pk for service in give(by_file, 5)]).update(entered_at=night)
    lead = one("entered_at_night")
    assert (lead.staff, lead.evidence["services_count"]) == (by_hand, 2)


def test_quarter_whose_last_days_hold_more_than_the_share_is_a_lead() -> None:
    policy(lead_records_least=10)
    staff, other = factories.make_staff(), factories.make_staff()
    give(staff, 5, date(2018, 9, 21))
    give(staff, 5, date(2018, 7, 2))
    give(other, 4, date(2018, 9, 30))
    give(other, 6, date(2018, 9, 20))
    lead = one("burst_at_the_end")
    assert lead.staff == staff
    assert lead.evidence == {"percent": 50, "services_count": 10, "day": "2018-09-30", "days": 10}


# --- Readings -------------------------------------------------------------------------------------------------------


def test_same_pressure_again_and_again_is_a_lead() -> None:
    policy(lead_records_least=10)
    staff = factories.make_staff()
    give(staff, 7, systolic=138, diastolic=88)
    give(staff, 3, systolic=121, diastolic=77)
    lead = one("pressure_repeated")
    assert (lead.evidence["reading"], lead.evidence["percent"], lead.evidence["readings"]) == ("138/88", 70, 10)


def test_same_glucose_again_and_again_is_a_lead() -> None:
    policy(lead_records_least=10)
    staff = factories.make_staff()
    give(staff, 7, fasting_glucose=Decimal("6.8"))
    give(staff, 3, fasting_glucose=Decimal("5.1"))
    assert one("glucose_repeated").evidence["percent"] == 70


def test_pressures_that_end_in_one_digit_are_a_lead() -> None:
    policy(lead_records_least=10)
    staff = factories.make_staff()
    for place in range(10):
        give(staff, 1, systolic=120 + 10 * place if place < 7 else 121, diastolic=80)
    lead = one("digits_heaped")
    assert (lead.evidence["digit"], lead.evidence["percent"]) == (0, 70)


def test_pressures_piled_up_below_the_goal_are_a_lead() -> None:
    policy(lead_records_least=10)
    staff, fair = factories.make_staff(), factories.make_staff()
    for who, above in ((staff, 2), (fair, 3)):
        give(who, 10, systolic=139, diastolic=80)
        give(who, above, systolic=140, diastolic=80)
        give(who, 20, systolic=129, diastolic=80)
    lead = one("just_below_goal")
    assert (lead.staff, lead.evidence) == (staff, {"below": 10, "above": 2})


# --- Promises -------------------------------------------------------------------------------------------------------


def test_team_that_never_served_a_fifth_of_its_people_is_a_lead() -> None:
    policy(lead_records_least=5)
    team = factories.make_team()
    people = [signed(team) for _person in range(5)]
    for resident in people[1:]:
        factories.make_service(resident, "BP", date(2018, 2, 1))
    factories.make_service(people[0], "BP", date(2017, 12, 31))
    lead = one("never_served")
    assert (lead.evidence["residents"], lead.evidence["percent"]) == ([people[0].pk], 20)


def test_team_with_more_people_than_its_doctors_may_have_is_a_lead() -> None:
    policy(doctor_residents_most=1)
    team = factories.make_team(members=[factories.make_staff()])
    for _person in range(2):
        signed(team)
    assert one("over_load").evidence == {"people": 2, "doctors": 1, "most": 1}


def pay(resident: Resident) -> Coverage:
    """The resident's coverage, with a package for which they owe 20 yuan."""
    coverage = Coverage.objects.get(resident=resident)
    held = coverage.packages.create(version=factories.make_package(price=Decimal(20)), price=Decimal(20))
    Charge.objects.create(held=held, payer="resident", amount=Decimal(20))
    return coverage


def test_payer_without_a_receipt_or_with_one_given_back_is_a_lead() -> None:
    team = factories.make_team()
    paid, back, without = (signed(team) for _person in range(3))
    for place, resident in enumerate((paid, back, without)):
        coverage = pay(resident)
        entry = {"coverage": coverage, "payer": "resident", "amount": 20, "entered_on": DAY, "entered_by": "x"}
        if resident is not without:
            FeeEntry.objects.create(kind="receipt", number=f"R{place}", on=date(2018, 1, 1), **entry)
        if resident is back:
            FeeEntry.objects.create(kind="refund", reason="退费", on=date(2018, 12, 1), **entry)
    lead = one("paid_without_receipt")
    assert (lead.evidence["residents"], lead.evidence["paying"]) == ([back.pk, without.pk], 3)


def test_district_that_enters_no_receipts_has_no_such_lead() -> None:
    pay(signed())
    assert found("paid_without_receipt") == []


def test_sound_family_gives_no_lead_at_all() -> None:
    village, home, doctor = factories.make_village(), factories.make_household(), factories.make_staff()
    team = factories.make_team(members=[doctor], villages=[village])
    for name in ("王强", "李丽", "王小明"):
        resident = signed(team, name=name, phone="13812340001", household=home, village=village)
        factories.make_service(resident, "BP", date(2018, 4, 2), staff=doctor, place="home", systolic=128, diastolic=79)
    screen()
    assert list(Lead.objects.values_list("kind", flat=True)) == []
