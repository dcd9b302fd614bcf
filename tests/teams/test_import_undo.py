"""Undoing an import: every table is as before, or nothing happens and the clerk reads why."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contracts.actions.ledger import make_obligations, match_services
from contracts.actions.services import record_service
from contracts.models import Coverage, Obligation, Problem, Service
from residents.models import Household, Resident
from teams.clock import today
from teams.history import made_by
from teams.imports import all_kinds
from teams.models import AuditEvent, ImportTrace, Role, User
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.factories import (
    centre,
    make_coverage,
    make_household,
    make_id_number,
    make_institution,
    make_item,
    make_package,
    make_resident,
    make_service,
    make_staff,
    make_team,
    make_user,
    make_village,
    make_visit,
)
from tests.importing import put
from tests.importing_pages import contents, put_in, totals, undo

pytestmark = pytest.mark.django_db

RESIDENTS = "id_number,name,institution_code,phone,household_no,village_code"
CONTRACTS = "contract_no,id_number,team_code,signed_on,start_on,end_on,package_codes,terminated_on"


@pytest.fixture
def by() -> User:
    return make_user(Role.ADMINISTRATOR, Role.CLERK)


def people(count: int) -> list[str]:
    numbers = [make_id_number() for _number in range(count)]
    for number in numbers:
        make_resident(number=number)
    return numbers


def divisions() -> tuple[str, ...]:
    put("divisions", "code,name,level,parent_code", "3412,阜阳市,city,", "341204,颍泉区,county,3412")
    return "code,name,level,parent_code", "341204,颍泉,county,", "341204100,伍明镇,township,341204"


def institutions() -> tuple[str, ...]:
    centre(), make_institution(code="D")
    head = "code,name,kind,parent_code"
    return head, "C,新名,township_center,B", "D,乙,township_center,C", "E,丙,village_clinic,D"


def populations() -> tuple[str, ...]:
    centre()
    put("populations", "institution_code,year,count", "C,2018,100")
    return "institution_code,year,count", "C,2018,120", "C,2019,130"


def targets() -> tuple[str, ...]:
    put("targets", "indicator,year,rate", "coverage,2018,30")
    return "indicator,year,rate", "coverage,2018,35", "coverage,2019,40"


def staff() -> tuple[str, ...]:
    make_staff(staff_no="S1")
    head = "staff_no,name,role,institution_code,phone"
    return head, "S1,李明,nurse,C,13905580123", "S2,王芳,nurse,C,13905580124"


def teams() -> tuple[str, ...]:
    first, second = make_staff(staff_no="A"), make_staff(staff_no="B")
    make_team(code="T1", members=[first, second], villages=[make_village(code="341204100201")])
    make_village(code="341204100202")
    head = "code,name,institution_code,leader_staff_no,member_staff_nos,village_codes,formed_on"
    return head, "T1,新,C,B,,341204100202,2016-01-01", "T2,二,C,A,B,341204100201,"


def residents() -> tuple[str, ...]:
    (known,) = people(1)
    make_household(number="H1"), make_village(code="341204100201")
    return RESIDENTS, f"{known},李四,C,13905580123,H2,341204100201", f"{make_id_number()},王五,C,13905580124,H1,"


def registers() -> tuple[str, ...]:
    known, other = people(2)
    put("registers", "id_number,category,from_on,to_on", f"{known},hypertension,2017-01-01,")
    head = "id_number,category,from_on,to_on"
    return head, f"{known},hypertension,2017-01-01,2018-01-01", f"{other},diabetes,2017-01-01,"


PACKAGES = "package_code,package_name,annual_price,item_code,item_name,times_per_year,unit_price"


def packages() -> tuple[str, ...]:
    put("packages", PACKAGES, "P1,基础包,120,I1,随访,4,30", "P2,二,0,I2,体检,1,0")
    put("payer_shares", "package_code,payer,amount", "P1,resident,120")
    make_coverage(packages=[])
    return PACKAGES, "P1,基础包,150,I1,血压随访,4,30", "P1,基础包,150,I3,新,1,0", "P3,三,0,I2,体检,1,0"


def packages_held() -> tuple[str, ...]:
    lines = packages()
    team, (number,) = make_team(code="T1"), people(1)
    put("contracts", CONTRACTS, f"K1,{number},{team.code},2018-01-01,2018-01-01,2018-12-31,P1,")
    return lines


def payer_shares() -> tuple[str, ...]:
    packages_held()
    return "package_code,payer,amount", "P1,resident,100", "P1,finance,20"


def contracts() -> tuple[str, ...]:
    first, second, third = people(3)
    make_team(code="T1"), make_team(code="T2")
    make_package(code="P1", items={"I1": 4}, price=None), make_package(code="P2", items={"I2": 2})
    term = "2018-01-01,2018-01-01,2018-12-31"
    put("contracts", CONTRACTS, f"K1,{first},T1,{term},P1;P2,", f"K1,{second},T1,{term},P1,")
    for number, day in ((first, date(2018, 2, 1)), (second, date(2018, 5, 1)), (third, date(2018, 5, 1))):
        make_service(resident_of(number), "I1", day)
    match_services()
    return (
        CONTRACTS,
        f"K1,{first},T2,2018-01-01,2018-01-01,2018-06-30,P1,2018-04-01",  # other term, ended, a package less
        f"K2,{first},T1,2018-07-01,2018-07-01,2019-06-30,P2,",  # makes use of the room
        f"K1,{second},T2,{term},P1;P2,",  # a package more
        f"K3,{third},T1,{term},P1,",
    )


def services() -> tuple[str, ...]:
    number = people(1)[0]
    coverage = make_coverage(resident=resident_of(number), packages=[make_package(items={"I1": 4})])
    make_obligations(coverages=Coverage.objects.filter(pk=coverage.pk))
    make_service(coverage.resident, "I1", date(2018, 2, 1))
    match_services()
    head = "id_number,item_code,performed_on,systolic,diastolic"
    return head, f"{number},I1,2018-02-01,130,80", f"{number},I1,2018-05-01,,", f"{number},I1,2018-01-05,,"


def services_critical() -> tuple[str, ...]:
    """One reading turns out to be critical, one not to be; a third is new."""
    (number,), item = people(1), make_item("I1")
    days = [today() - timedelta(days=back) for back in range(3)]
    for day, systolic in zip(days, (130, 190), strict=False):
        record_service(
            resident=resident_of(number), item=item, performed_on=day, systolic=systolic, diastolic=80, by=SYSTEM
        )
    lines = (f"{number},I1,{day},{systolic},80" for day, systolic in zip(days, (190, 130, 190), strict=True))
    return "id_number,item_code,performed_on,systolic,diastolic", *lines


def visits() -> tuple[str, ...]:
    number = people(1)[0]
    make_visit(resident_of(number), date(2018, 3, 1))
    head = "id_number,visited_on,institution_code,cost,visit_no"
    return head, f"{number},2018-03-01,C,50,", f"{number},2018-03-02,C,60,V1"


def resident_of(number: str) -> Resident:
    from residents.identity import parse_id_number
    from residents.imports.people import id_hash

    return Resident.objects.get(id_hash=id_hash(parse_id_number(number, today=today())))


KINDS: dict[str, Callable[[], tuple[str, ...]]] = {
    "divisions": divisions,
    "institutions": institutions,
    "populations": populations,
    "targets": targets,
    "staff": staff,
    "teams": teams,
    "residents": residents,
    "registers": registers,
    "packages": packages,
    "packages held": packages_held,
    "payer_shares": payer_shares,
    "contracts": contracts,
    "services": services,
    "services critical": services_critical,
    "visits": visits,
}


def test_every_kind_of_file_can_be_undone() -> None:
    assert {case.split()[0] for case in KINDS} == {kind.code for kind in all_kinds()}


@pytest.mark.parametrize("case", KINDS)
def test_import_and_undo_leave_every_table_as_it_was(case: str, by: User) -> None:
    lines = KINDS[case]()
    before = contents()
    imported = put_in(by, case.split()[0], *lines)
    assert (imported.status, imported.rejected) == ("done", 0), list(imported.rejects.values())
    assert imported.created, imported.updated
    during = contents()
    assert during != before
    imported = undo(by, imported)
    assert (imported.status, imported.notice) == ("undone", "")
    assert contents() == before
    again = put_in(by, case.split()[0], *lines)
    assert totals(again) == totals(imported)


def test_new_resident_with_a_contract_is_not_taken_back(by: User) -> None:
    imported = put_in(by, "residents", RESIDENTS, f"{make_id_number()},王五,{centre().code},,H1,")
    coverage = make_coverage(resident=Resident.objects.get())
    before = contents()
    imported = undo(by, imported)
    assert (imported.status, contents()) == ("done", before)
    assert "1" in imported.notice
    assert "contracts" in imported.notice
    with made_by(by, "test"):
        coverage.delete()
    assert undo(by, imported).status == "undone"


def test_household_that_others_joined_is_not_taken_back(by: User) -> None:
    imported = put_in(by, "residents", RESIDENTS, f"{make_id_number()},王五,{centre().code},,H1,")
    make_resident(household=Household.objects.get())
    assert "residents: later entries that depend on its rows: 1" in undo(by, imported).notice


def test_row_that_was_changed_later_is_not_taken_back_and_the_page_says_by_whom(by: User) -> None:
    imported = put_in(by, "residents", RESIDENTS, f"{make_id_number()},王五,{centre().code},,,")
    resident = Resident.objects.get()
    with made_by(make_user(username="li"), "test"):
        resident.name = "王六"
        resident.save()
    imported = undo(by, imported)
    assert imported.status == "done"
    assert "last by li on" in imported.notice
    assert Resident.objects.get().name == "王六"


def test_obligation_that_was_waived_keeps_its_contract(by: User) -> None:
    imported = put_in(by, "contracts", *contracts())
    obligation = Obligation.objects.filter(coverage__contract__number="K3").first()
    Obligation.objects.filter(pk=obligation.pk).update(waived_on=date(2018, 6, 1), waiver="away", waived_by="x")
    assert "Obligations of its contracts that were waived meanwhile: 1" in undo(by, imported).notice


def test_service_recorded_under_the_contract_stays_when_that_goes(by: User) -> None:
    imported = put_in(by, "contracts", *contracts())
    services = Service.objects.count()
    assert undo(by, imported).status == "undone"
    assert Service.objects.count() == services
    assert not Obligation.objects.exclude(met_by=None).exclude(met_by__in=Service.objects.all()).exists()


def test_later_import_is_taken_back_first_and_then_the_earlier(by: User) -> None:
    before, number = contents(), make_id_number()
    centre()
    before = contents()
    first = put_in(by, "residents", RESIDENTS, f"{number},甲,C,,,")
    second = put_in(by, "residents", RESIDENTS, f"{number},乙,C,,,")
    assert "changed later" in undo(by, first).notice
    assert undo(by, second).status == "undone"
    assert Resident.objects.get().name == "甲"
    assert undo(by, first).status == "undone"
    assert contents() == before


def test_undo_leaves_its_trace_in_the_history_and_the_trail(by: User) -> None:
    imported = put_in(by, "residents", RESIDENTS, f"{make_id_number()},王五,{centre().code},,,")
    imported = undo(by, imported)
    event = Resident.pgh_event_models["delete"].objects.select_related("pgh_context").get(pgh_label="delete")
    assert (event.name, event.pgh_context.metadata["undone"]) == ("王五", imported.pk)
    assert AuditEvent.objects.filter(what=f"import {imported.pk} undone").count() == 1
    assert (imported.undone_by, imported.undone_at is not None) == (by, True)


def test_import_of_before_the_traces_says_that_nothing_is_known(by: User) -> None:
    imported = put_in(by, "residents", RESIDENTS, f"{make_id_number()},王五,{centre().code},,,")
    ImportTrace.objects.all().delete()
    with pytest.raises(RuleViolation) as refused:
        undo(by, imported)
    assert refused.value.code == "import.nothing_in"


def test_bureau_takes_back_what_a_clerk_put_in_and_another_clerk_does_not(by: User) -> None:
    clerk, other = (make_user(Role.CLERK, institution=centre()) for _number in range(2))
    imported = put_in(clerk, "residents", RESIDENTS, f"{make_id_number()},王五,C,,,")
    with pytest.raises(RuleViolation) as refused:
        undo(other, imported)
    assert refused.value.code == "import.not_yours"
    assert undo(by, imported).status == "undone"


def test_data_problem_goes_with_the_resident_it_is_about(by: User) -> None:
    imported = put_in(by, "residents", RESIDENTS, f"{make_id_number()},王五,{centre().code},1,,")
    resident = Resident.objects.get()
    Problem.objects.create(
        rule="x", subject=resident.pk, institution=centre(), resident=resident, found_on=date(2018, 1, 1)
    )
    assert undo(by, imported).status == "undone"
    assert not Problem.objects.exists()


class TestIdentity(TestCase):
    """Random lines over a small world: import, then undo, and every table is as before."""

    @settings(max_examples=8)
    @given(st.data())
    def test_residents_come_and_go(self, data: st.DataObject) -> None:
        by, numbers = make_user(Role.ADMINISTRATOR, Role.CLERK), [make_id_number() for _number in range(4)]
        centre(), make_institution(code="D")
        line = st.tuples(
            st.sampled_from(numbers),
            st.sampled_from("甲乙丙"),
            st.sampled_from("CD"),
            st.sampled_from(["", "H1", "H2"]),
        )
        for_file = st.lists(line, min_size=1, max_size=6)
        files = data.draw(st.lists(for_file, min_size=2, max_size=4))
        lines = [[f"{number},{name},{code},,{house}," for number, name, code, house in file] for file in files]
        put("residents", RESIDENTS, *lines[0])
        states, done = [contents()], []
        for file in lines[1:]:
            done.append(put_in(by, "residents", RESIDENTS, *file))
            states.append(contents())
        for imported in reversed(done):
            assert contents() == states.pop()
            if imported.created or imported.updated:
                assert undo(by, imported).status == "undone"
        assert contents() == states.pop()

    @settings(max_examples=8)
    @given(st.data())
    def test_contracts_come_and_go(self, data: st.DataObject) -> None:
        by, numbers = make_user(Role.ADMINISTRATOR, Role.CLERK), people(3)
        make_team(code="T1"), make_team(code="T2")
        make_package(code="P1", items={"I1": 4}, price=None), make_package(code="P2", items={"I2": 2})
        for number in numbers:
            make_service(resident_of(number), "I1", date(2018, 5, 1))
        terms = ["2018-01-01,2018-12-31", "2018-01-01,2018-06-30", "2018-07-01,2019-06-30", "2017-01-01,2017-12-31"]
        line = st.tuples(
            st.sampled_from(["K1", "K2", "K3"]),
            st.sampled_from(numbers),
            st.sampled_from(["T1", "T2"]),
            st.sampled_from(terms),
            st.sampled_from(["", "P1", "P2", "P1;P2"]),
            st.sampled_from(["", "2018-04-01"]),
        )
        for_file = st.lists(line, min_size=1, max_size=8)
        first, second = (
            [
                f"{contract},{number},{team},2016-12-01,{term},{packages},{ended}"
                for contract, number, team, term, packages, ended in data.draw(for_file)
            ]
            for _file in range(2)
        )
        put("contracts", CONTRACTS, *first)
        before = contents()
        imported = put_in(by, "contracts", CONTRACTS, *second)
        if imported.created or imported.updated:
            imported = undo(by, imported)
            assert (imported.status, imported.notice) == ("undone", "")
        assert contents() == before
