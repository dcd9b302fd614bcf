"""Obligations counted from dates of people's own: as made in the database, and as they follow what is entered."""

from datetime import date

import pytest
from pytest_django import Settings

from contracts.actions.anchors import follow_anchors
from contracts.actions.ledger import make_obligations, match_services
from contracts.models import Coverage, Obligation
from residents.actions.registers import correct_register, enter_register, remove_entry
from residents.models import Register, Resident
from service_packages.models import PackageItem, PackageVersion
from teams.models.accounts import SYSTEM
from tests.factories import make_coverage, make_id_number, make_package, make_resident, make_service
from tests.importing import put

pytestmark = pytest.mark.django_db

BORN = date(1990, 5, 17)
HEADER = "id_number,category,from_on,to_on,expected_on,delivered_on"


def _package(anchor: str, *spans: tuple[int, int], category: str = "maternal") -> PackageVersion:
    version = make_package(items={"VISIT": 1}, categories=[category])
    opens, closes = map(list, zip(*spans, strict=True))
    PackageItem.objects.update(anchor=anchor, opens=opens, closes=closes)
    return version


def _covered(resident: Resident, version: PackageVersion) -> Coverage:
    coverage = make_coverage(
        resident=resident, packages=[version], start_on=date(2018, 1, 1), end_on=date(2018, 12, 31)
    )
    make_obligations(coverages=Coverage.objects.all())
    return coverage


def _owed() -> list[tuple[str, str]]:
    return [(str(row.opens_on), str(row.due_on)) for row in Obligation.objects.order_by("due_on")]


def test_child_is_owed_what_ends_within_the_contract() -> None:
    version = _package("age_months", (3, 3), (6, 7), (12, 17), category="child")
    _covered(make_resident(born=date(2017, 8, 31)), version)
    # 3 months were over before the contract, 18 are not over within it; the 31st falls on the last day of February.
    assert _owed() == [("2018-02-28", "2018-04-29")]


def test_first_visit_of_a_patient_is_owed_within_72_hours() -> None:
    resident = make_resident(registers={"tuberculosis": date(2018, 5, 2)})
    _covered(resident, _package("register_days", (0, 3), category="tuberculosis"))
    assert _owed() == [("2018-05-02", "2018-05-05")]


def test_making_again_changes_nothing() -> None:
    resident = make_resident(registers={"tuberculosis": date(2018, 5, 2)})
    _covered(resident, _package("register_days", (0, 3), (10, 20), category="tuberculosis"))
    assert make_obligations(coverages=Coverage.objects.all()) == 0


def test_postpartum_visits_move_to_the_day_of_delivery_and_antenatal_ones_stay() -> None:
    number = make_id_number(BORN)
    resident = make_resident(number=number, born=BORN)
    contacts, visits = _package("pregnancy_weeks", (16, 20), (37, 40)), make_package(items={"HOME": 1})
    PackageItem.objects.filter(version=visits).update(anchor="delivery_days", opens=[0], closes=[7])
    coverage = make_coverage(resident=resident, packages=[contacts, visits])
    assert _owed() == []
    put("registers", HEADER, f"{number},孕产妇,2018-02-01,,2018-10-08,")
    assert _owed() == [("2018-04-23", "2018-05-27"), ("2018-09-17", "2018-10-14"), ("2018-10-08", "2018-10-15")]
    make_service(resident, "HOME", date(2018, 10, 3))
    put("registers", HEADER, f"{number},孕产妇,2018-02-01,,,2018-10-01")
    assert _owed() == [("2018-04-23", "2018-05-27"), ("2018-10-01", "2018-10-08")]
    assert Obligation.objects.get(opens_on=date(2018, 10, 1)).met_on == date(2018, 10, 3)
    assert coverage.obligations.count() == 2


def test_dates_of_delivery_stay_when_a_file_does_not_tell_of_them() -> None:
    number = make_id_number(BORN)
    make_resident(number=number, born=BORN)
    row = f"{number},孕产妇,2018-02-01,,2018-10-08,2018-10-01"
    assert put("registers", HEADER, row).counts == (1, 0, 0, 0)
    assert put("registers", HEADER, row).counts == (0, 0, 1, 0)
    assert put("registers", "id_number,category,from_on", f"{number},孕产妇,2018-02-01").counts == (0, 0, 1, 0)
    entry = Register.objects.get()
    assert (entry.expected_on, entry.delivered_on) == (date(2018, 10, 8), date(2018, 10, 1))


def test_night_lets_obligations_follow_a_corrected_birth_date(settings: Settings) -> None:
    settings.TODAY = date(2018, 12, 20)
    resident = make_resident(born=date(2018, 2, 1))
    _covered(resident, _package("age_days", (0, 7), category="child"))
    Resident.objects.update(birth_date=date(2018, 2, 3))
    assert follow_anchors() == 2
    assert _owed() == [("2018-02-03", "2018-02-10")]
    assert follow_anchors() == 0
    assert match_services() == 0


def test_contract_years_stay_as_they_were_beside_anchored_items() -> None:
    version = _package("age_days", (0, 7), category="child")
    other = make_package(items={"BP": 4})
    resident = make_resident(born=date(2017, 12, 30))
    make_coverage(resident=resident, packages=[version, other])
    make_obligations(coverages=Coverage.objects.all())
    assert Obligation.objects.filter(item__code="BP").count() == 4
    assert _owed()[0] == ("2018-01-01", "2018-01-06")


def test_entry_made_corrected_and_removed_on_a_page_is_followed_at_once() -> None:
    resident = make_resident()
    _covered(resident, _package("register_days", (0, 3), category="tuberculosis"))
    entry = enter_register(resident=resident, category="tuberculosis", from_on=date(2018, 5, 2), by=SYSTEM)
    assert _owed() == [("2018-05-02", "2018-05-05")]
    correct_register(entry=entry, from_on=date(2018, 5, 3), by=SYSTEM)
    assert _owed() == [("2018-05-03", "2018-05-06")]
    remove_entry(entry=entry, by=SYSTEM)
    assert _owed() == []
