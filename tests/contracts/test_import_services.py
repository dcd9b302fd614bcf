"""`services` and `visits`: what was given, and where people went."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from contracts.actions.ledger import make_obligations
from contracts.models import Coverage, FollowUp, Obligation, Service, Visit
from residents.models import Resident
from teams.clock import today
from teams.models import Role
from tests.factories import (
    centre,
    make_coverage,
    make_id_number,
    make_institution,
    make_item,
    make_package,
    make_resident,
    make_staff,
    make_team,
    make_user,
)
from tests.importing import Loaded, put

pytestmark = pytest.mark.django_db

SERVICES = "id_number,item_code,performed_on,staff_no,place,systolic,diastolic,fasting_glucose,note"
VISITS = "身份证号,就诊日期,就诊机构编码,总费用,医保支付,就诊流水号"
BORN = date(1960, 5, 17)
CONTRACTS = "contract_no,id_number,team_code,signed_on,start_on,end_on,package_codes"


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    make_item("BP")
    make_staff(staff_no="S1")


@pytest.fixture
def number() -> str:
    """The ID number of a resident of the centre who died on 1 December 2018."""
    number = make_id_number(BORN)
    make_resident(number=number, born=BORN, died_on=date(2018, 12, 1))
    return number


def services(*rows: str) -> Loaded:
    return put("services", SERVICES, *rows)


def visits(*rows: str) -> Loaded:
    return put("visits", VISITS, *rows)


@pytest.mark.parametrize("typed", ["6.53", "6.1", "6.10", "7"])
def test_glucose_keeps_the_places_that_were_measured(number: str, typed: str) -> None:
    row = f"{number},BP,2018-03-20,,,,,{typed},"
    assert services(row).counts == (1, 0, 0, 0)
    assert str(Service.objects.get().fasting_glucose) == {"6.10": "6.1", "7": "7.0"}.get(typed, typed)
    assert services(row).counts == (0, 0, 1, 0)


def test_service_goes_in_with_its_readings(number: str) -> None:
    row = f"{number},BP,2018-03-20,S1,上门,１３６,84,6.1,按时服药"
    assert services(row).counts == (1, 0, 0, 0)
    service = Service.objects.select_related("staff").get()
    assert (service.performed_on, service.place, service.note) == (date(2018, 3, 20), "home", "按时服药")
    assert (service.systolic, service.diastolic, service.fasting_glucose) == (136, 84, Decimal("6.1"))
    assert service.staff and service.staff.staff_no == "S1"
    assert services(row).counts == (0, 0, 1, 0)
    assert Service.pgh_event_models["update"].objects.count() == 0


def test_critical_reading_of_the_last_days_calls_for_a_follow_up(settings: Settings) -> None:
    settings.TODAY = date(2018, 10, 15)
    numbers = [make_id_number() for _person in range(4)]
    for one in numbers:
        make_resident(number=one)
    first, last, late, calm = numbers
    days = f"{first},BP,2018-10-01,,,188,96,,", f"{last},BP,2018-10-15,,,,,17.2,", f"{late},BP,2018-09-30,,,188,96,,"
    services(*days, f"{calm},BP,2018-10-15,,,138,86,,")
    tasks = FollowUp.objects.order_by("due_on").values_list("cause", "opened_on", "due_on")
    assert list(tasks) == [
        ("critical", date(2018, 10, 1), date(2018, 10, 15)),
        ("critical", date(2018, 10, 15), date(2018, 10, 29)),
    ]

    services(*days)
    assert tasks.count() == 2
    services(days[0].replace("188", "138"), f"{late},BP,2018-09-30,,,190,96,,")
    assert [task.service.fasting_glucose for task in FollowUp.objects.select_related("service")] == [Decimal("17.2")]


def test_service_is_found_again_and_its_details_corrected(number: str) -> None:
    services(f"{number},BP,2018-03-20,S1,门诊,136,84,,")
    assert services(f"{number},BP,2018-03-20,,门诊,138,84,,").counts == (0, 1, 0, 0)
    service = Service.objects.get()
    assert (service.systolic, service.staff) == (138, None)


def test_service_twice_in_a_file_ends_as_the_later_row_says(number: str) -> None:
    rows = [f"{number},BP,2018-03-20,,,{systolic},80,," for systolic in (130, 140, 140)]
    assert services(*rows).counts == (1, 1, 1, 0)
    assert Service.objects.get().systolic == 140
    assert services(*rows).counts == (0, 0, 3, 0)


def test_service_meets_its_obligation_whatever_the_order_of_entry(number: str) -> None:
    make_team(code="T1")
    make_package(code="HTN", items={"BP": 2})
    put("contracts", CONTRACTS, f"K1,{number},T1,2018-01-01,2018-01-01,2018-12-31,HTN")
    services(f"{number},BP,2018-03-20,,,,,,")
    services(f"{number},BP,2018-01-10,,,,,,")
    first = Obligation.objects.order_by("opens_on")[0]
    assert first.met_on == date(2018, 1, 10)


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ("XX,2018-03-20,,,,,,", "item_code", "no item with the code “XX”"),
        ("BP,,,,,,,", "performed_on", "Empty"),
        ("BP,1960-05-16,,,,,,", "performed_on", "before the resident's birth"),
        ("BP,2018-12-02,,,,,,", "performed_on", "after the resident's death"),
        (f"BP,{today() + timedelta(days=1)},,,,,,", "performed_on", "in the future"),
        ("BP,2018-03-20,S9,,,,,", "staff_no", "no staff member with the number “S9”"),
        ("BP,2018-03-20,,,400,,,", "systolic", "400 is impossible for systolic"),
        ("BP,2018-03-20,,,,5,,", "diastolic", "5 is impossible for diastolic"),
        ("BP,2018-03-20,,,80,80,,", "diastolic", "must be above"),
        ("BP,2018-03-20,,,,,61,", "fasting_glucose", "61.0 is impossible"),
        ("BP,2018-03-20,,,高,,,", "systolic", "not a number"),
        (f"BP,2018-03-20,,,,,,{'字' * 201}", "note", "at most 200"),
    ],
)
def test_service_that_cannot_be_true_is_refused(number: str, cells: str, column: str, reason: str) -> None:
    loaded = services(f"{number},{cells}")
    assert loaded.refused == {2: column}
    assert reason in loaded.refusals[2][1]
    assert not Service.objects.exists()


def test_day_of_death_is_possible(number: str) -> None:
    assert services(f"{number},BP,2018-12-01,,,,,,").counts == (1, 0, 0, 0)


def test_visits_are_found_by_number_or_else_by_person_day_and_place(number: str) -> None:
    make_institution(code="H")
    rows = (f"{number},2018-03-20,H,86.5,60,V1", f"{number},2018-03-20,H,20,,")
    assert visits(*rows).counts == (2, 0, 0, 0)
    assert visits(*rows).counts == (0, 0, 2, 0)
    assert visits(rows[0].replace("86.5", "1"), *rows).counts == (0, 0, 3, 0)
    assert visits(f"{number},2018-03-21,C,86.50,60,V1").counts == (0, 1, 0, 0)
    corrected = Visit.objects.get(visit_no="V1")
    assert (corrected.visited_on, corrected.institution.code) == (date(2018, 3, 21), "C")
    assert visits(f"{number},2018-03-20,H,21,,").counts == (0, 1, 0, 0)
    assert Visit.objects.count() == 2


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("2018-03-20,X,1,,", "institution_code"),
        ("1960-05-16,C,1,,", "visited_on"),
        ("2018-12-02,C,1,,", "visited_on"),
        (f"{today() + timedelta(days=1)},C,1,,", "visited_on"),
        ("2018-03-20,C,-1,,", "cost"),
        ("2018-03-20,C,,,", "cost"),
        ("2018-03-20,C,1.005,,", "cost"),
        ("2018-03-20,C,1,-1,", "insurance_paid"),
    ],
)
def test_visit_that_cannot_be_true_is_refused(number: str, cells: str, column: str) -> None:
    assert visits(f"{number},{cells}").refused == {2: column}


def test_insurance_above_the_cost_is_a_data_problem_and_goes_in(number: str) -> None:
    assert visits(f"{number},2018-03-20,C,1,2,").counts == (1, 0, 0, 0)


def test_clerk_of_a_centre_reaches_the_centres_own_residents_and_staff_only(number: str) -> None:
    other = make_institution(code="D")
    make_staff(staff_no="S9", institution=other)
    stranger = make_id_number()
    make_resident(number=stranger, institution=other)
    visits(f"{stranger},2018-03-20,D,1,,V1")
    by = make_user(Role.CLERK, institution=centre())
    entered = put("services", SERVICES, f"{stranger},BP,2018-03-20,,,,,,", f"{number},BP,2018-03-20,S9,,,,,", by=by)
    assert entered.refused == {2: "id_number", 3: "staff_no"}
    gone = put("visits", VISITS, f"{number},2018-03-20,D,1,,V1", f"{number},2018-03-20,D,1,,V2", by=by)
    assert gone.refused == {2: "visit_no"}
    assert gone.counts == (1, 0, 0, 1)
    assert Resident.objects.count() == 2


def test_service_that_misses_a_rule_of_its_item_meets_nothing_until_the_file_says_more() -> None:
    item, number = make_item("BP"), make_id_number(BORN)
    item.readings, item.deciding = ["systolic", "diastolic"], ["readings"]
    item.save()
    coverage = make_coverage(resident=make_resident(number=number), packages=[make_package(items={"BP": 1})])
    make_obligations(coverages=Coverage.objects.filter(pk=coverage.pk))
    for pressures, met_on in ((",", None), ("130,80", date(2018, 5, 1))):
        services(f"{number},BP,2018-05-01,,,{pressures},,")
        assert coverage.obligations.get().met_on == met_on
