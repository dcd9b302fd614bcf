"""`contracts`: a line per covered resident."""

from datetime import date

import pytest

from contracts.models import Charge, Contract, Coverage, CoveragePackage, Obligation
from residents.models import Resident
from teams.models import Role
from tests.factories import (
    centre,
    make_coverage,
    make_id_number,
    make_institution,
    make_package,
    make_resident,
    make_service,
    make_team,
    make_user,
)
from tests.importing import Loaded, put

pytestmark = pytest.mark.django_db

HEADER = "协议编号,身份证号,代表人身份证号,团队编码,签约日期,生效日期,到期日期,服务包编码,解约日期,解约原因"


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    make_team(code="T1")
    make_package(code="BASIC", items={"ADVICE": 2})
    make_package(code="HTN", items={"BP": 4})


@pytest.fixture
def number() -> str:
    """The ID number of a resident of the centre."""
    return new_resident()


def new_resident() -> str:
    number = make_id_number()
    make_resident(number=number)
    return number


def line(number: str, **cells: str) -> str:
    """A row of HEADER: contract K1 with team T1 for the year 2018, but for the cells given."""
    full = {
        "no": "K1",
        "team": "T1",
        "signed": "2017-12-20",
        "start": "2018-01-01",
        "end": "2018-12-31",
        "packages": "BASIC",
    }
    names = ("representative", "team", "signed", "start", "end", "packages", "terminated", "reason")
    return ",".join([(full | cells)["no"], number, *((full | cells).get(name, "") for name in names)])


def load(*lines: str) -> Loaded:
    return put("contracts", HEADER, *lines)


def coverage(number: str = "K1") -> Coverage:
    return Coverage.objects.get(contract__number=number)


def test_household_goes_in_with_one_contract_and_its_obligations(number: str) -> None:
    other = new_resident()
    rows = (line(number, representative=number), line(other, representative=number, packages="BASIC；HTN"))
    assert load(*rows).counts == (2, 0, 0, 0)
    contract = Contract.objects.get()
    assert (contract.number, contract.team.code, contract.signed_on) == ("K1", "T1", date(2017, 12, 20))
    assert contract.representative in Resident.objects.all()
    assert Coverage.objects.count() == 2
    assert sorted(CoveragePackage.objects.values_list("version__package__code", flat=True)) == ["BASIC", "BASIC", "HTN"]
    assert Obligation.objects.count() == 2 + 2 + 4


def test_contracts_loaded_again_change_nothing(number: str) -> None:
    row = line(number, representative=number, packages="BASIC;HTN", terminated="2018-06-01", reason="迁出")
    load(row)
    before = list(Obligation.objects.order_by("id").values_list("id"))
    assert load(row).counts == (0, 0, 1, 0)
    assert list(Obligation.objects.order_by("id").values_list("id")) == before
    assert coverage().termination_reason == "moved"
    for model in (Contract, Coverage, CoveragePackage, Obligation):
        assert model.pgh_event_models["update"].objects.count() == 0


def test_package_held_stays_at_its_version_though_a_newer_one_is_published(number: str) -> None:
    load(line(number))
    make_package(code="BASIC", items={"ADVICE": 12})
    assert load(line(number)).counts == (0, 0, 1, 0)
    assert CoveragePackage.objects.get().version.number == 1


def test_changed_dates_and_packages_make_the_obligations_anew(number: str) -> None:
    load(line(number))
    assert load(line(number, end="2019-12-31", packages="HTN")).counts == (0, 1, 0, 0)
    assert coverage().end_on == date(2019, 12, 31)
    assert set(Obligation.objects.values_list("item__code", flat=True)) == {"BP"}
    assert Obligation.objects.count() == 8
    assert CoveragePackage.objects.get().version.package.code == "HTN"


def test_services_that_are_in_already_are_matched(number: str) -> None:
    service = make_service(Resident.objects.get(), "ADVICE", date(2018, 2, 1))
    load(line(number))
    assert Obligation.objects.get(met_by=service).met_on == date(2018, 2, 1)
    load(line(number, terminated="2018-02-01"))
    assert not Obligation.objects.filter(met_by=service).exists()


def test_charges_follow_the_payers_of_the_package(number: str) -> None:
    put("packages", "package_code,package_name,annual_price,item_code,item_name,times_per_year", "PAID,包,60,BP,BP,4")
    put("payer_shares", "package_code,payer,amount", "PAID,个人,20", "PAID,医保,40")
    load(line(number, packages="PAID"))
    assert dict(Charge.objects.values_list("payer", "amount")) == {"resident": 20, "medical_insurance": 40}


def test_changed_team_corrects_the_contract(number: str) -> None:
    make_team(code="T2")
    load(line(number))
    assert load(line(number, team="T2")).counts == (0, 1, 0, 0)
    assert Contract.objects.get().team.code == "T2"


def test_empty_representative_says_nothing(number: str) -> None:
    other = new_resident()
    rows = (line(number, representative=number), line(other))
    assert load(*rows).counts == (2, 0, 0, 0)
    assert load(*rows).counts == (0, 0, 2, 0)
    assert load(*reversed(rows)).counts == (0, 0, 2, 0)


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"no": ""}, "contract_no", "Empty"),
        ({"team": "X"}, "team_code", "no team with the code “X”"),
        ({"representative": "341204196005170029"}, "representative_id_number", "no resident"),
        ({"signed": "2999-01-01"}, "signed_on", "in the future"),
        ({"start": "2018-13-01"}, "start_on", "not a possible date"),
        ({"end": "2017-12-31"}, "end_on", "end before it begins"),
        ({"end": "2118-12-31"}, "end_on", "at most 10 years"),
        ({"terminated": "2017-12-31"}, "terminated_on", "before the first day"),
        ({"packages": "BASIC;X"}, "package_codes", "no package with the code “X”"),
    ],
)
def test_line_that_cannot_be_true_is_refused(number: str, cells: dict[str, str], column: str, reason: str) -> None:
    loaded = load(line(number, **cells))
    assert loaded.refused == {2: column}
    assert reason in loaded.refusals[2][1]
    assert not Contract.objects.exists()


@pytest.mark.parametrize("fields", [{"born": date(2018, 5, 20)}, {"died_on": date(2017, 12, 1)}])
def test_line_outside_of_a_life_goes_in_for_the_signals_to_find(fields: dict[str, date]) -> None:
    number = make_id_number(fields.get("born", date(1960, 5, 17)))
    make_resident(number=number, **fields)

    assert load(line(number)).counts == (1, 0, 0, 0)


def test_unknown_resident_is_refused() -> None:
    assert load(line(make_id_number())).refused == {2: "id_number"}


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"team": "T2"}, "team_code"),
        ({"signed": "2017-12-21"}, "signed_on"),
        ({"representative": "other"}, "representative_id_number"),
    ],
)
def test_line_that_disagrees_with_an_earlier_one_is_refused(number: str, cells: dict[str, str], column: str) -> None:
    make_team(code="T2")
    other = new_resident()
    cells = {name: other if value == "other" else value for name, value in cells.items()}
    loaded = load(line(number, representative=number), line(other, **cells))
    assert loaded.refused == {3: column}
    assert loaded.counts == (1, 0, 0, 1)


def test_refused_line_does_not_speak_for_its_contract(number: str) -> None:
    loaded = load(line(number, team="X"), line(number, team="T1"))
    assert loaded.refused == {2: "team_code"}
    assert loaded.counts == (1, 0, 0, 1)


def test_overlap_with_a_stored_coverage_is_refused_and_named(number: str) -> None:
    load(line(number, no="K0", start="2017-07-01", end="2018-06-30"))
    loaded = load(line(number))
    assert loaded.refused == {2: "start_on"}
    assert "contract K0, in force from 2017-07-01 to 2018-06-30" in loaded.refusals[2][1]


def test_overlap_with_an_earlier_line_is_refused(number: str) -> None:
    loaded = load(line(number), line(number, no="K2", start="2018-12-31", end="2019-12-30"))
    assert loaded.refused == {3: "start_on"}


def test_terminated_coverage_makes_room(number: str) -> None:
    rows = (
        line(number, terminated="2018-06-01"),
        line(number, no="K2", start="2018-06-01", end="2019-05-31"),
        line(number, no="K3", start="2018-07-01", end="2019-05-31", terminated="2018-07-01"),
    )
    assert load(*rows).counts == (3, 0, 0, 0)


def test_line_before_the_one_that_makes_room_goes_in_all_the_same(number: str) -> None:
    load(line(number))
    rows = (
        line(number, no="K3", start="2018-09-01", end="2019-08-31"),
        line(number, no="K2", start="2018-06-01", end="2019-05-31", terminated="2018-09-01"),
        line(number, no="K4", start="2018-07-01", end="2019-06-30"),
        line(number, terminated="2018-06-01"),
    )
    loaded = load(*rows)
    assert (loaded.counts, loaded.refused) == ((2, 1, 0, 1), {4: "start_on"})
    assert load(*rows).counts == (0, 0, 3, 1)


def test_lines_of_one_file_may_make_room_for_each_other(number: str) -> None:
    load(line(number), line(number, no="K2", start="2019-01-01", end="2019-12-31"))
    loaded = load(
        line(number, no="K2", start="2020-01-01", end="2020-12-31"),
        line(number, start="2019-01-01", end="2019-12-31"),
        line(number, no="K3", start="2018-01-01", end="2018-12-31"),
    )
    assert loaded.counts == (1, 2, 0, 0)
    assert coverage("K3").start_on == date(2018, 1, 1)


def test_one_coverage_twice_in_a_file_ends_as_the_later_line_says(number: str) -> None:
    loaded = load(line(number), line(number, terminated="2018-06-01"), line(number, terminated="2018-06-01"))
    assert loaded.counts == (1, 1, 1, 0)
    assert coverage().terminated_on == date(2018, 6, 1)


def test_lines_of_a_coverage_that_contradict_each_other_change_nothing_when_loaded_again(number: str) -> None:
    other = new_resident()
    rows = (line(number), line(other, no="K2"), line(number, end="2018-06-30", packages="HTN"))
    assert load(*rows).counts == (2, 1, 0, 0)
    changes = Coverage.pgh_event_models["update"].objects.count()
    assert load(*rows).counts == (0, 0, 3, 0)
    assert (coverage().end_on, Coverage.pgh_event_models["update"].objects.count()) == (date(2018, 6, 30), changes)
    assert CoveragePackage.objects.get(coverage=coverage()).version.package.code == "HTN"


def test_clerk_of_a_centre_reaches_the_centres_own_contracts_only(number: str) -> None:
    other = make_institution(code="D")
    theirs = make_team(code="T9", institution=other)
    stranger = make_id_number()
    make_resident(number=stranger, institution=other)
    mine = Resident.objects.get(institution=centre())
    hidden = make_coverage(resident=mine, team=theirs, start_on=date(2017, 1, 1), end_on=date(2017, 12, 31))
    by = make_user(Role.CLERK, institution=centre())
    loaded = put(
        "contracts",
        HEADER,
        line(number, team="T9"),
        line(stranger),
        line(number, no=hidden.contract.number),
        line(number, start="2017-06-01", end="2018-05-31"),
        line(number),
        by=by,
    )
    assert loaded.refused == {2: "team_code", 3: "id_number", 4: "contract_no", 5: "start_on"}
    assert loaded.refusals[5][1].startswith("Overlaps a contract with another institution, in force from 2017-01-01")
    assert loaded.counts == (1, 0, 0, 4)
