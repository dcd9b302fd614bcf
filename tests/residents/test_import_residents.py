"""`residents`: people go in encrypted, once, and are corrected by later files."""

from datetime import date
from pathlib import Path

import pytest

from residents.models import Household, Resident, Transfer
from residents.pinyin import initials
from teams import cipher
from teams.actions.imports import load_file
from teams.imports import find_kind
from teams.models import Role
from teams.models.accounts import SYSTEM
from tests.factories import centre, make_id_number, make_institution, make_resident, make_user, make_village
from tests.importing import put
from tests.teams.spreadsheets import write_ods, write_xls, write_xlsx

pytestmark = pytest.mark.django_db

BORN = date(1960, 5, 17)
HEADER = "身份证号,姓名,性别,出生日期,联系电话,家庭编号,户主,村居代码,管理机构编码,住址,建档日期,迁出日期,死亡日期"


@pytest.fixture(autouse=True)
def _places() -> None:
    centre()
    make_village(code="341204100201")


def line(number: str, **cells: str) -> str:
    """A row of HEADER: a woman of 1960 managed at the centre, but for the cells given."""
    full = {"name": "张秀英", "institution_code": "C"} | cells
    names = "name sex birth_date phone household_no is_head village_code institution_code address registered_on"
    return ",".join([number, *(full.get(name, "") for name in f"{names} moved_out_on died_on".split())])


def test_resident_goes_in_with_all_cells() -> None:
    number = make_id_number(BORN)
    row = line(
        number.lower(),
        sex="女",
        birth_date="19600517",
        phone="１３９-0558 0123",
        household_no="H 1",
        is_head="是",
        village_code="341204100201",
        address="伍明镇姜堂村12号",
        registered_on="2016/3/1",
    )
    assert put("residents", HEADER, row).counts == (1, 0, 0, 0)
    resident = Resident.objects.get()
    assert cipher.decrypt(resident.id_cipher, field="id_number") == number
    assert bytes(resident.id_hash) == cipher.lookup_hash(number, field="id_number")
    assert resident.person == cipher.person_key(number)
    assert cipher.decrypt(resident.phone_cipher, field="phone") == "13905580123"
    assert (resident.phone_problem, resident.initials) == ("", initials("张秀英"))
    assert (resident.sex, resident.birth_date, resident.is_head) == ("female", BORN, True)
    assert resident.household and resident.household.number == "H1"
    assert resident.village and resident.village.code == "341204100201"
    assert (resident.institution.code, resident.address) == ("C", "伍明镇姜堂村12号")
    assert (resident.registered_on, resident.moved_out_on, resident.died_on) == (date(2016, 3, 1), None, None)


def test_sex_and_birth_date_come_from_the_id_number() -> None:
    put("residents", "id_number,name,institution_code", f"{make_id_number(BORN, 'male')},王芳,C")
    resident = Resident.objects.get()
    assert (resident.sex, resident.birth_date, resident.phone_problem) == ("male", BORN, "empty")


def test_same_file_again_changes_nothing_not_even_a_cipher() -> None:
    row = line(make_id_number(), phone="13905580123", household_no="H1")
    put("residents", HEADER, row)
    before = Resident.objects.values().get()
    assert put("residents", HEADER, row).counts == (0, 0, 1, 0)
    after = Resident.objects.values().get()
    assert {name: bytes(v) if isinstance(v, memoryview) else v for name, v in after.items()} == {
        name: bytes(v) if isinstance(v, memoryview) else v for name, v in before.items()
    }
    assert Resident.pgh_event_models["update"].objects.count() == 0


def test_changed_cells_correct_the_resident_and_keep_the_ciphers_of_the_others() -> None:
    number = make_id_number()
    put("residents", HEADER, line(number, phone="13905580123"))
    before = Resident.objects.get()
    assert put("residents", HEADER, line(number, phone="13905580123", name="张秀珍")).counts == (0, 1, 0, 0)
    after = Resident.objects.get()
    assert (after.name, after.initials) == ("张秀珍", "zxz")
    assert bytes(after.phone_cipher) == bytes(before.phone_cipher)
    assert bytes(after.id_cipher) == bytes(before.id_cipher)
    assert put("residents", HEADER, line(number, name="张秀珍", phone="13905580124")).counts == (0, 1, 0, 0)
    assert cipher.decrypt(Resident.objects.get().phone_cipher, field="phone") == "13905580124"
    assert Resident.pgh_event_models["update"].objects.count() == 2


def test_column_that_is_missing_is_empty() -> None:
    number = make_id_number()
    put("residents", HEADER, line(number, phone="13905580123", household_no="H1", died_on="2018-01-01"))
    put("residents", "id_number,name,institution_code", f"{number},张秀英,C")
    resident = Resident.objects.get()
    assert (resident.phone_hash, resident.phone_cipher, resident.household, resident.died_on) == (None,) * 4


def test_malformed_phone_goes_in_with_its_problem() -> None:
    put("residents", HEADER, line(make_id_number(), phone="1390558012"), line(make_id_number(), phone="13800138000"))
    assert list(Resident.objects.order_by("id").values_list("phone_problem", flat=True)) == ["malformed", "dummy"]


def test_old_number_of_15_digits_is_the_same_person() -> None:
    number = make_id_number(BORN)
    put("residents", HEADER, line(number))
    assert put("residents", HEADER, line(number[:6] + number[8:17])).counts == (0, 0, 1, 0)


def test_one_person_twice_in_a_file_ends_as_the_later_row_says() -> None:
    number = make_id_number()
    rows = (
        line(number, name="甲"),
        line(number, name="乙", phone="13905580123"),
        line(number, name="乙", phone="13905580123"),
        line(number, institution_code="X"),
    )
    assert put("residents", HEADER, *rows).counts == (1, 1, 1, 1)
    assert Resident.objects.get().name == "乙"
    assert put("residents", HEADER, *rows).counts == (0, 0, 3, 1)
    assert Resident.pgh_event_models["update"].objects.count() == 0


def test_household_is_made_once_and_only_for_rows_that_go_in() -> None:
    put(
        "residents",
        HEADER,
        line(make_id_number(), household_no="H1"),
        line(make_id_number(), household_no="H1"),
        line(make_id_number(), household_no="H2", institution_code="X"),
    )
    assert list(Household.objects.values_list("number", flat=True)) == ["H1"]
    assert Resident.objects.filter(household__number="H1").count() == 2


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"name": ""}, "name", "Empty"),
        ({"name": "字" * 61}, "name", "at most 60"),
        ({"sex": "男"}, "sex", "The file says male, the ID number says female"),
        ({"birth_date": "1960-05-18"}, "birth_date", "says 1960-05-18, the ID number says 1960-05-17"),
        ({"birth_date": "1960-02-30"}, "birth_date", "not a possible date"),
        ({"is_head": "也许"}, "is_head", "neither yes"),
        ({"village_code": "999"}, "village_code", "no village with the code “999”"),
        ({"village_code": "341204100"}, "village_code", "“341204100” is not a village"),
        ({"institution_code": "X"}, "institution_code", "no institution with the code “X”"),
        ({"institution_code": ""}, "institution_code", "Empty"),
        ({"registered_on": "1960-05-16"}, "registered_on", "before the day of birth"),
        ({"registered_on": "2999-01-01"}, "registered_on", "in the future"),
        ({"died_on": "1950-01-01"}, "died_on", "before the day of birth"),
        ({"died_on": "2999-01-01"}, "died_on", "in the future"),
        ({"moved_out_on": "1950-01-01"}, "moved_out_on", "before the day of birth"),
        ({"registered_on": "2018-02-01", "moved_out_on": "2018-01-31"}, "moved_out_on", "before the day when"),
        ({"registered_on": "2018-02-01", "died_on": "2018-01-31"}, "died_on", "before the day when"),
    ],
)
def test_row_that_cannot_be_true_is_refused(cells: dict[str, str], column: str, reason: str) -> None:
    put("divisions", "code,name,level", "341204100,伍明镇,township")
    loaded = put("residents", HEADER, line(make_id_number(BORN), **cells))
    assert loaded.refused == {2: column}
    assert reason in loaded.refusals[2][1]
    assert not Resident.objects.exists()


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("", "Empty"),
        ("4.11722E+17", "entered as a number"),
        ("341204196005170000", "last digits may be lost"),
        ("34120419600517002", "this one has 17"),
        ("341204196013170021", "not a real date of birth"),
        ("341204299905170028", "in the future"),
        ("341204196005170027", "check digit"),
        ("34120419600517OO26", "digits only"),
    ],
)
def test_impossible_id_number_is_refused_with_the_remedy(number: str, reason: str) -> None:
    loaded = put("residents", HEADER, line(number))
    assert loaded.refused == {2: "id_number"}
    assert reason in loaded.refusals[2][1]


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
def test_workbook_goes_in_and_an_id_typed_as_a_number_is_refused(tmp_path: Path, ending: str) -> None:
    rows = [
        ("身份证号", "姓名", "管理机构编码", "建档日期", "联系电话"),
        (make_id_number(), "张秀英", "C", date(2016, 3, 1), 13905580123),
        (341204196005170029.0, "王芳", "C", date(2016, 3, 1), ""),
    ]
    path = tmp_path / f"residents.{ending}"
    {"xlsx": lambda p, r: write_xlsx(p, {"居民": r}), "xls": write_xls, "ods": write_ods}[ending](path, rows)
    totals, rejects = load_file(path=path, kind=find_kind("residents"), by=SYSTEM)
    assert (totals.created, totals.rejected) == (1, 1)
    assert rejects == tmp_path / "residents.rejects.xlsx"
    resident = Resident.objects.get()
    assert (resident.registered_on, resident.phone_problem) == (date(2016, 3, 1), "")


def test_changed_place_is_a_correction_and_reaches_the_last_transfer() -> None:
    first, second = make_institution(code="D"), make_institution(code="E")
    number = make_id_number()
    resident = make_resident(number=number, institution=first)
    for day, origin, target in ((date(2017, 1, 1), second, centre()), (date(2018, 1, 1), centre(), first)):
        Transfer.objects.create(resident=resident, on=day, from_institution=origin, to_institution=target)
    put("residents", HEADER, line(number, institution_code="E", village_code="341204100201"))
    resident.refresh_from_db()
    assert (resident.institution, Transfer.objects.count()) == (second, 2)
    earlier, later = Transfer.objects.order_by("on")
    assert (earlier.to_institution, earlier.to_village) == (centre(), None)
    assert (later.to_institution, later.to_village) == (second, resident.village)


def test_clerk_of_a_centre_reaches_the_centres_own_residents_only() -> None:
    own, other = centre(), make_institution(code="D")
    number = make_id_number()
    make_resident(number=number, institution=other, household=Household.objects.create(number="H9"))
    by = make_user(Role.CLERK, institution=own)
    loaded = put(
        "residents",
        HEADER,
        line(make_id_number(), institution_code="D"),
        line(number),
        line(make_id_number(), household_no="H9"),
        line(make_id_number(), household_no="H1"),
        by=by,
    )
    assert loaded.refused == {2: "institution_code", 3: "id_number", 4: "household_no"}
    assert loaded.counts == (1, 0, 0, 3)
    assert loaded.refusals[2][1] == "There is no institution with the code “D”."
