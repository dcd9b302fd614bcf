"""`staff` and `teams`: who works where, and which teams they make."""

from datetime import date

import pytest

from teams import cipher
from teams.models import Role, Staff, Team, TeamMember, TeamVillage
from tests.factories import centre, make_institution, make_staff, make_team, make_user, make_village
from tests.importing import put

pytestmark = pytest.mark.django_db

STAFF = "工号,姓名,岗位,机构编码,联系电话,入职日期,离职日期"
TEAMS = "code,name,institution_code,leader_staff_no,member_staff_nos,village_codes,formed_on,dissolved_on"


@pytest.fixture(autouse=True)
def _centre() -> None:
    centre()


def members(team: str) -> dict[str, bool]:
    """Staff number -> leads, of the members at present."""
    rows = TeamMember.objects.filter(team__code=team, to_on=None)
    return dict(rows.values_list("staff__staff_no", "is_leader"))


def villages(team: str) -> set[str]:
    return set(TeamVillage.objects.filter(team__code=team, to_on=None).values_list("village__code", flat=True))


def test_staff_go_in_with_their_phone_encrypted() -> None:
    assert put("staff", STAFF, "S1,李医生,全科,C,139 0558 0123,2015.7.1,").counts == (1, 0, 0, 0)
    staff = Staff.objects.get(staff_no="S1")
    assert (staff.job, staff.joined_on, staff.left_on) == ("general_practice", date(2015, 7, 1), None)
    assert cipher.decrypt(staff.phone_cipher, field="phone") == "13905580123"
    assert bytes(staff.phone_hash) == cipher.lookup_hash("13905580123", field="phone")


def test_staff_loaded_again_change_nothing_not_even_the_cipher() -> None:
    row = "S1,李医生,nurse,C,13905580123,,"
    put("staff", STAFF, row)
    before = Staff.objects.get().phone_cipher
    assert put("staff", STAFF, row).counts == (0, 0, 1, 0)
    assert bytes(Staff.objects.get().phone_cipher) == bytes(before)
    assert Staff.pgh_event_models["update"].objects.count() == 0


def test_staff_who_contradict_each_other_change_nothing_when_loaded_again() -> None:
    rows = (STAFF, "S1,李医生,nurse,C,13905580123,,", "S1,李医师,护士,C,13905580124,,", "S2,王医生,护士,C,,,")
    assert put("staff", *rows).counts == (2, 1, 0, 0)
    assert put("staff", *rows).counts == (0, 0, 3, 0)
    assert put("staff", *rows, "S1,李医师,护士,C,,,").counts == (0, 3, 1, 0)
    assert (Staff.objects.get(staff_no="S1").name, Staff.pgh_event_models["update"].objects.count()) == ("李医师", 1)


def test_staff_with_other_cells_are_updated_and_empty_ones_emptied() -> None:
    put("staff", STAFF, "S1,李医生,nurse,C,13905580123,2015-07-01,")
    assert put("staff", STAFF, "S1,李医生,护士,C,无,2015-07-01,2018-01-01").counts == (0, 1, 0, 0)
    staff = Staff.objects.get()
    assert (staff.phone_hash, staff.phone_cipher, staff.left_on) == (None, None, date(2018, 1, 1))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",李医生,全科,C,,,", "staff_no"),
        ("S1,李医生,院长,C,,,", "role"),
        ("S1,李医生,全科,X,,,", "institution_code"),
        ("S1,李医生,全科,C,,2018-13-01,", "joined_on"),
        ("S1,李医生,全科,C,,2018-01-02,2018-01-01", "left_on"),
    ],
)
def test_staff_with_a_bad_cell_are_refused(row: str, column: str) -> None:
    assert put("staff", STAFF, row).refused == {2: column}


def test_same_staff_number_twice_ends_as_the_later_row_says() -> None:
    loaded = put("staff", STAFF, "S1,甲,全科,C,,,", "S1,乙,全科,C,,,", "S1,乙,全科,C,,,")
    assert loaded.counts == (1, 1, 1, 0)
    assert Staff.objects.get().name == "乙"


def test_administrator_of_a_centre_cannot_see_or_change_other_staff() -> None:
    other = make_institution(code="D")
    make_staff(staff_no="S9", institution=other)
    by = make_user(Role.ADMINISTRATOR, institution=centre())
    loaded = put("staff", STAFF, "S1,甲,全科,D,,,", "S9,乙,全科,C,,,", "S2,丙,全科,C,,,", by=by)
    assert loaded.refused == {2: "institution_code", 3: "staff_no"}


def test_team_goes_in_with_leader_members_and_villages() -> None:
    make_staff(staff_no="S1")
    make_staff(staff_no="S2")
    make_village(code="341204100201")
    row = "T1,李医生团队,C,S1,S2；S1,341204100201,2016-01-01,"
    assert put("teams", TEAMS, row).counts == (1, 0, 0, 0)
    assert members("T1") == {"S1": True, "S2": False}
    assert villages("T1") == {"341204100201"}
    assert set(TeamMember.objects.values_list("from_on", flat=True)) == {date(2016, 1, 1)}
    assert put("teams", TEAMS, row).counts == (0, 0, 1, 0)
    assert TeamMember.pgh_event_models["update"].objects.count() == 0


def test_team_row_corrects_who_is_a_member_and_where() -> None:
    first, second = make_staff(staff_no="S1"), make_staff(staff_no="S2")
    make_staff(staff_no="S3")
    make_village(code="2")
    make_team(code="T1", name="甲", members=[first, second], villages=[make_village(code="1")])
    assert put("teams", TEAMS, "T1,甲,C,S3,S2,2,,").counts == (0, 1, 0, 0)
    assert members("T1") == {"S2": False, "S3": True}
    assert villages("T1") == {"2"}
    assert put("teams", TEAMS, "T1,甲,C,S2,S3,2,,").counts == (0, 1, 0, 0)
    assert members("T1") == {"S2": True, "S3": False}


def test_moved_forming_day_moves_the_members_who_were_there_from_the_start() -> None:
    make_staff(staff_no="S1")
    put("teams", TEAMS, "T1,甲,C,S1,,,2016-01-01,")
    put("teams", TEAMS, "T1,甲,C,S1,,,2015-01-01,")
    assert TeamMember.objects.get().from_on == date(2015, 1, 1)


def test_dissolved_team_of_a_file_has_no_members_or_villages_from_that_day() -> None:
    make_staff(staff_no="S1")
    make_village(code="1")
    existing, gone = "T1,甲,C,S1,,1,2016-01-01,", "T1,甲,C,S1,,1,2016-01-01,2018-05-01"
    put("teams", TEAMS, existing)
    for row, counts, end in (
        (gone, (0, 1, 0, 0), date(2018, 5, 1)),
        (gone, (0, 0, 1, 0), date(2018, 5, 1)),
        (existing, (0, 1, 0, 0), None),
    ):
        assert put("teams", TEAMS, row).counts == counts
        assert (TeamMember.objects.get().to_on, TeamVillage.objects.get().to_on) == (end, end)
    put("teams", TEAMS, "T1,甲,C,S1,,1,2016-01-01,2016-01-01")
    assert not TeamMember.objects.exists()
    assert not TeamVillage.objects.exists()


def test_former_member_who_is_back_holds_from_the_day_after() -> None:
    back = make_staff(staff_no="S1")
    team = make_team(code="T1", name="甲")
    TeamMember.objects.create(team=team, staff=back, to_on=date(2018, 5, 1))
    assert put("teams", TEAMS, "T1,甲,C,S1,,,,").counts == (0, 1, 0, 0)
    assert TeamMember.objects.get(to_on=None).from_on == date(2018, 5, 1)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("T1,甲,X,,,,,", "institution_code"),
        ("T1,甲,C,S8,,,,", "leader_staff_no"),
        ("T1,甲,C,S1,S8,,,", "member_staff_nos"),
        ("T1,甲,C,S1,,999,,", "village_codes"),
        ("T1,甲,C,S1,,341204100,,", "village_codes"),
        ("T1,甲,C,S1,,,2018-01-02,2018-01-01", "dissolved_on"),
    ],
)
def test_team_with_a_bad_cell_is_refused_whole(row: str, column: str) -> None:
    make_staff(staff_no="S1")
    put("divisions", "code,name,level", "341204100,伍明镇,township")
    assert put("teams", TEAMS, row).refused == {2: column}
    assert not Team.objects.exists()


def test_administrator_of_a_centre_cannot_see_or_change_other_teams() -> None:
    other = make_institution(code="D")
    make_team(code="T9", institution=other)
    make_staff(staff_no="S9", institution=other)
    by = make_user(Role.ADMINISTRATOR, institution=centre())
    loaded = put("teams", TEAMS, "T9,甲,C,,,,,", "T1,甲,C,S9,,,,", "T2,乙,D,,,,,", by=by)
    assert loaded.refused == {2: "code", 3: "leader_staff_no", 4: "institution_code"}


def test_teams_that_contradict_each_other_change_nothing_when_loaded_again() -> None:
    make_staff(staff_no="S1"), make_staff(staff_no="S2"), make_village(code="341204100201")
    rows = (TEAMS, "T1,甲队,C,S1,S2,341204100201,,", "T1,乙队,C,S2,,,2018-01-01,", "T2,丙队,C,,S1,,,")
    assert put("teams", *rows).counts == (2, 1, 0, 0)
    before = list(TeamMember.objects.order_by("pk").values())
    assert put("teams", *rows).counts == (0, 0, 3, 0)
    assert put("teams", *rows, "T3,丁队,C,,,,,").counts == (1, 0, 3, 0)
    assert list(TeamMember.objects.order_by("pk").values()) == before
    assert (Team.objects.get(code="T1").name, members("T1"), villages("T1")) == ("乙队", {"S2": True}, set())
