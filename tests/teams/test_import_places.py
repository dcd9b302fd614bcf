"""`divisions` and `institutions`: trees whose rows may stand in any order."""

from datetime import date

import pytest
from django.utils.translation import override
from pytest_django import Settings

from teams.models import Division, Institution, InstitutionParent, Role
from teams.models.dated import BEGINNING
from teams.models.places import parent_ids
from tests.factories import bureau, centre, make_institution, make_user
from tests.importing import put

pytestmark = pytest.mark.django_db

DIVISIONS = (
    "code,name,level,parent_code",
    "341204100201,姜堂村,village,341204100",
    "341204100,伍明镇,乡镇,341204",
    "341204,颍泉区,区,",
)
INSTITUTIONS = (
    "机构编码,机构名称,机构类别,上级机构编码,区划代码,城乡",
    "C1-1,姜堂村卫生室,村卫生室,C1,,农村",
    "C1,伍明镇卫生院,township_center,B1,,rural",
    "B1,颍泉区卫健委,卫健委,,,",
)


def test_divisions_in_any_order_find_their_parents() -> None:
    assert put("divisions", *DIVISIONS).counts == (3, 0, 0, 0)
    village = Division.objects.get(code="341204100201")
    assert village.parent and village.parent.parent and village.parent.parent.name == "颍泉区"


def test_divisions_loaded_again_change_nothing() -> None:
    put("divisions", *DIVISIONS)
    assert put("divisions", *DIVISIONS).counts == (0, 0, 3, 0)


def test_division_with_another_name_is_updated() -> None:
    put("divisions", *DIVISIONS)
    again = put("divisions", DIVISIONS[0], "341204,颍泉,county,", "341204100,伍明镇,township,341204")
    assert again.counts == (0, 1, 1, 0)
    assert Division.objects.get(code="341204").name == "颍泉"


def test_division_below_an_unknown_one_is_refused_and_those_below_it_too() -> None:
    loaded = put("divisions", *DIVISIONS[:3])
    assert loaded.counts == (0, 0, 0, 2)
    assert loaded.refused == {2: "parent_code", 3: "parent_code"}
    assert "“341204”" in loaded.refusals[3][1]


def test_division_below_one_of_its_own_level_is_refused() -> None:
    loaded = put("divisions", DIVISIONS[0], "1,甲,village,2", "2,乙,village,")
    assert loaded.refused == {2: "level"}


def test_division_cannot_sink_below_its_children() -> None:
    put("divisions", *DIVISIONS)
    assert put("divisions", DIVISIONS[0], "341204100,伍明镇,village,341204").refused == {2: "level"}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",姜堂村,village,", "code"),
        ("1,,village,", "name"),
        ("1,姜堂村,hamlet,", "level"),
        ("3412041002010,姜堂村,village,", "code"),
        ("3.412E+11,姜堂村,village,", "code"),
    ],
)
def test_division_with_a_bad_cell_is_refused(row: str, column: str) -> None:
    assert put("divisions", DIVISIONS[0], row).refused == {2: column}


def test_code_twice_in_a_file_is_taken_as_in_two_files() -> None:
    rows = (DIVISIONS[0], "1,甲,city,", "1,乙,city,", "1,乙,city,")
    assert put("divisions", *rows).counts == (1, 1, 1, 0)
    assert Division.objects.get(code="1").name == "乙"
    assert put("divisions", *rows, "2,丙,city,").counts == (1, 0, 3, 0)
    assert put("divisions", *rows[:2]).counts == (0, 1, 0, 0)


def test_public_phone_comes_by_the_file_and_stays_when_a_file_says_nothing_of_it() -> None:
    put("institutions", *INSTITUTIONS)
    head = "code,name,kind,parent_code,setting,public_phone"
    row = "C1,伍明镇卫生院,township_center,B1,rural"
    assert put("institutions", head, f"{row},0558－5550123").counts == (0, 1, 0, 0)
    assert put("institutions", *INSTITUTIONS).counts == (0, 0, 3, 0)
    assert put("institutions", head, f"{row},").counts == (0, 0, 1, 0)
    assert Institution.objects.get(code="C1").public_phone == "0558-5550123"


def test_institutions_that_contradict_each_other_change_nothing_when_loaded_again() -> None:
    rows = (*INSTITUTIONS, "C2,新城卫生院,township_center,B1,,urban", "C1-1,姜堂卫生室,村卫生室,C2,,", "X,错,?,,,")
    assert put("institutions", *rows).counts == (4, 1, 0, 1)
    changes = Institution.pgh_event_models["update"].objects.count()
    assert put("institutions", *rows).counts == (0, 0, 5, 1)
    assert put("institutions", *rows[:-1], "C3,又一卫生院,township_center,B1,,").counts == (1, 0, 5, 0)
    assert Institution.pgh_event_models["update"].objects.count() == changes
    found = Institution.objects.get(code="C1-1")
    assert (found.name, Institution.objects.get(pk=parent_ids()[found.pk]).code) == ("姜堂卫生室", "C2")


def test_institutions_in_any_order_make_a_tree() -> None:
    assert put("institutions", *INSTITUTIONS).counts == (3, 0, 0, 0)
    ids = dict(Institution.objects.values_list("code", "id"))
    assert parent_ids() == {ids["C1-1"]: ids["C1"], ids["C1"]: ids["B1"]}
    clinic = Institution.objects.get(code="C1-1")
    assert (clinic.kind, clinic.setting) == ("village_clinic", "rural")
    assert put("institutions", *INSTITUTIONS).counts == (0, 0, 3, 0)


def test_changed_parent_corrects_the_record_since_always() -> None:
    put("institutions", *INSTITUTIONS)
    assert put("institutions", INSTITUTIONS[0], "C1-1,姜堂村卫生室,村卫生室,B1,,农村").counts == (0, 1, 0, 0)
    link = InstitutionParent.objects.get(institution__code="C1-1")
    assert (link.parent.code, link.from_on.year, link.to_on) == ("B1", 1900, None)
    assert InstitutionParent.pgh_event_models["update"].objects.count() == 1


def test_emptied_parent_makes_a_root() -> None:
    put("institutions", *INSTITUTIONS)
    assert put("institutions", INSTITUTIONS[0], "C1-1,姜堂村卫生室,村卫生室,,,农村").counts == (0, 1, 0, 0)
    assert not InstitutionParent.objects.filter(institution__code="C1-1").exists()


def test_row_that_closes_a_circle_is_refused() -> None:
    put("institutions", *INSTITUTIONS)
    loaded = put("institutions", INSTITUTIONS[0], "C1,伍明镇卫生院,township_center,C1-1,,", *INSTITUTIONS[1:2])
    assert loaded.refused == {2: "parent_code"}
    assert put("institutions", INSTITUTIONS[0], "X,甲,医院,X,,").refused == {2: "parent_code"}


def test_last_row_of_a_new_circle_is_refused_and_those_below_it_too() -> None:
    loaded = put("institutions", INSTITUTIONS[0], "X,甲,医院,Y,,", "Y,乙,医院,X,,")
    assert loaded.refused == {2: "parent_code", 3: "parent_code"}
    assert "lead back to it" in loaded.refusals[3][1]


def parents_of(code: str) -> list[tuple[str, date, date | None]]:
    rows = InstitutionParent.objects.filter(institution__code=code).order_by("from_on")
    return list(rows.values_list("parent__code", "from_on", "to_on"))


def test_institution_that_comes_under_another_on_a_day_stays_where_it_was_before() -> None:
    put("institutions", *INSTITUTIONS)
    moved = (INSTITUTIONS[0] + ",parent_since", "C1-1,姜堂村卫生室,村卫生室,B1,,农村,2018-07-01")
    assert put("institutions", *moved).counts == (0, 1, 0, 0)
    day = date(2018, 7, 1)
    assert parents_of("C1-1") == [("C1", BEGINNING, day), ("B1", day, None)]
    assert put("institutions", *moved).counts == (0, 0, 1, 0)


def test_institution_is_not_moved_before_its_last_move_or_in_advance(settings: Settings) -> None:
    settings.TODAY = date(2018, 12, 20)
    put("institutions", *INSTITUTIONS)
    head = INSTITUTIONS[0] + ",parent_since"
    assert put("institutions", head, "C1-1,姜堂村卫生室,村卫生室,B1,,农村,2018-07-01").counts == (0, 1, 0, 0)
    for day in ("2018-07-01", "2018-12-21"):
        row = f"C1-1,姜堂村卫生室,村卫生室,C1,,农村,{day}"
        assert put("institutions", head, row).refused == {2: "parent_since"}


def test_institution_is_not_moved_below_itself_from_a_day_on() -> None:
    put("institutions", *INSTITUTIONS)
    head = INSTITUTIONS[0] + ",parent_since"
    assert put("institutions", head, "C1,伍明镇卫生院,township_center,C1-1,,,2018-07-01").refused == {2: "parent_code"}
    assert put("institutions", head, "C1-1,姜堂村卫生室,村卫生室,B1,,农村,2018-07-01").refused == {}
    assert put("institutions", head, "C1,伍明镇卫生院,township_center,C1-1,,,2018-06-01").refused == {2: "parent_code"}
    assert put("institutions", head, "C1,伍明镇卫生院,township_center,C1-1,,,2018-08-01").refused == {}


def test_institution_with_an_unknown_code_is_refused() -> None:
    loaded = put("institutions", INSTITUTIONS[0], "X,甲,医院,Y,,", "Z,甲,医院,,999,")
    assert loaded.refused == {2: "parent_code", 3: "division_code"}


def test_administrator_of_a_centre_reaches_the_centres_own_only() -> None:
    own, other = centre(), make_institution(code="D")
    by = make_user(Role.ADMINISTRATOR, institution=own)
    loaded = put(
        "institutions",
        INSTITUTIONS[0],
        "C,宁老庄镇中心卫生院,township_center,B,,",
        "C-1,王寨村卫生室,village_clinic,C,,",
        "D,别家,township_center,B,,",
        "D-1,别家的,village_clinic,D,,",
        "E,新根,bureau,,,",
        by=by,
    )
    assert loaded.refused == {4: "code", 5: "parent_code", 6: "parent_code"}
    assert loaded.counts == (1, 1, 0, 3)
    other.refresh_from_db()
    assert other.name != "别家"
    assert bureau().name != "别家"


@pytest.mark.parametrize(
    ("setting", "kind", "words"),
    [("城市", "社区卫生服务站", "community health station"), ("农村", "村卫生室", "village clinic")],
)
def test_station_in_town_is_not_called_a_village_clinic(setting: str, kind: str, words: str) -> None:
    put("institutions", *INSTITUTIONS, f"C1-2,胜利{kind},{kind},C1,,{setting}")
    with override("en"):
        assert Institution.objects.get(code="C1-2").kind_name == words
