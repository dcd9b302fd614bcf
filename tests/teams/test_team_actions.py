"""Making, changing and dissolving teams: what holds from which day, and who may."""

from datetime import date

import pytest

from teams.actions import teams as actions
from teams.models import Institution, Role, Staff, Team, TeamMember, User
from teams.rules import RuleViolation
from tests import factories

MARCH, APRIL, MAY = date(2018, 3, 1), date(2018, 4, 1), date(2018, 5, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    return factories.make_user(Role.ADMINISTRATOR)


@pytest.fixture
def team() -> Team:
    return factories.make_team(formed_on=date(2018, 1, 1))


def refused(code: str) -> "pytest.RaisesExc[RuleViolation]":
    return pytest.raises(RuleViolation, check=lambda error: error.code == code)


def test_team_is_made_for_a_centre(administrator: User) -> None:
    made = actions.create_team(
        code="N1", name="新团队", institution=factories.centre(), formed_on=MARCH, by=administrator
    )
    assert (made.code, made.institution, made.formed_on) == ("N1", factories.centre(), MARCH)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_team_is_not_changed_by_another_role(team: Team, role: Role) -> None:
    with refused("team.not_allowed"):
        actions.rename_team(team=team, name="别名", by=factories.make_user(role))


def test_team_of_another_institution_is_not_changed(team: Team) -> None:
    elsewhere = factories.make_user(Role.ADMINISTRATOR, institution=factories.make_institution())
    with refused("team.outside"):
        actions.dissolve(team=team, on=MAY, by=elsewhere)


def test_team_of_a_hospital_is_refused(administrator: User) -> None:
    hospital = factories.make_institution(kind=Institution.Kind.HOSPITAL)
    with refused("team.not_primary"):
        actions.create_team(code="N", name="新团队", institution=hospital, formed_on=MARCH, by=administrator)


def test_code_of_another_team_is_refused(team: Team, administrator: User) -> None:
    with refused("team.code_taken"):
        actions.create_team(
            code=team.code, name="新团队", institution=factories.centre(), formed_on=MARCH, by=administrator
        )


def test_member_joins_and_leaves_and_joins_again(team: Team, administrator: User) -> None:
    staff = factories.make_staff()
    first = actions.add_member(team=team, staff=staff, from_on=MARCH, by=administrator)
    with refused("team.member_already"):
        actions.add_member(team=team, staff=staff, from_on=APRIL, by=administrator)
    actions.end_member(member=first, on=APRIL, by=administrator)
    actions.add_member(team=team, staff=staff, from_on=MAY, by=administrator)
    assert list(TeamMember.objects.order_by("from_on").values_list("from_on", "to_on")) == [(MARCH, APRIL), (MAY, None)]


def test_member_who_has_left_work_does_not_join(team: Team, administrator: User) -> None:
    staff = factories.make_staff()
    Staff.objects.filter(pk=staff.pk).update(left_on=APRIL)
    staff.refresh_from_db()
    with refused("team.not_at_work"):
        actions.add_member(team=team, staff=staff, from_on=APRIL, by=administrator)


def test_membership_does_not_end_before_it_began_nor_twice(team: Team, administrator: User) -> None:
    member = actions.add_member(team=team, staff=factories.make_staff(), from_on=APRIL, by=administrator)
    with refused("team.before_begin"):
        actions.end_member(member=member, on=MARCH, by=administrator)
    actions.end_member(member=member, on=MAY, by=administrator)
    with refused("team.ended"):
        actions.end_member(member=member, on=MAY, by=administrator)


def test_new_leader_takes_over_from_a_day_and_the_old_one_stays_a_member(administrator: User) -> None:
    old, new = factories.make_staff(name="李医生"), factories.make_staff(name="赵医生")
    team = factories.make_team(members=[old, new])
    actions.lead(member=team.members.get(staff=new), from_on=MAY, by=administrator)
    leaders = {day: team.members.on(day).get(is_leader=True).staff for day in (APRIL, MAY)}
    assert leaders == {APRIL: old, MAY: new}
    assert {member.staff for member in team.members.on(MAY)} == {old, new}


def test_village_is_served_from_a_day_to_a_day(team: Team, administrator: User) -> None:
    served = actions.serve_village(team=team, village=factories.make_village(), from_on=MARCH, by=administrator)
    actions.leave_village(served=served, on=MAY, by=administrator)
    assert [team.villages.on(day).count() for day in (MARCH, APRIL, MAY)] == [1, 1, 0]


def test_dissolving_ends_members_and_villages_and_keeps_their_past(administrator: User) -> None:
    team = factories.make_team(members=[factories.make_staff()], villages=[factories.make_village()])
    actions.add_member(team=team, staff=factories.make_staff(), from_on=MAY, by=administrator)
    actions.dissolve(team=team, on=APRIL, by=administrator)
    assert Team.objects.existing_on(MARCH).count() == 1
    assert not Team.objects.existing_on(APRIL).exists()
    assert [(team.members.on(day).count(), team.villages.on(day).count()) for day in (MARCH, APRIL, MAY)] == [
        (1, 1),
        (0, 0),
        (0, 0),
    ]


def test_dissolved_team_takes_nobody_and_is_not_dissolved_again(team: Team, administrator: User) -> None:
    actions.dissolve(team=team, on=APRIL, by=administrator)
    with refused("team.not_there"):
        actions.add_member(team=team, staff=factories.make_staff(), from_on=MAY, by=administrator)
    with refused("team.dissolved"):
        actions.dissolve(team=team, on=MAY, by=administrator)


def test_what_is_entered_late_of_a_dissolved_team_ends_with_it(team: Team, administrator: User) -> None:
    actions.dissolve(team=team, on=MAY, by=administrator)
    staff, village = factories.make_staff(institution=team.institution), factories.make_village()
    member = actions.add_member(team=team, staff=staff, from_on=APRIL, by=administrator)
    served = actions.serve_village(team=team, village=village, from_on=APRIL, by=administrator)
    assert (member.to_on, served.to_on) == (MAY, MAY)
