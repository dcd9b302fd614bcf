"""Making and changing teams: who belongs to them, who leads, which villages they serve, and when they end.

What is dated stays: a change holds from its day on, and what held before can still be read.
"""

from datetime import date
from typing import TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.actions.twins import only_one
from teams.history import made_by, note
from teams.models import Division, Institution, Staff, Team, TeamMember, TeamVillage, User
from teams.models.accounts import SystemAccount
from teams.models.staff import SERVED
from teams.rules import (
    check_can_create_team,
    check_can_dissolve,
    check_can_edit_team,
    check_can_end,
    check_can_join,
    check_can_lead,
    check_can_serve,
)

Account = User | SystemAccount
Row = TypeVar("Row", TeamMember, TeamVillage)


@transaction.atomic
def create_team(*, code: str, name: str, institution: Institution, formed_on: date, by: Account) -> Team:
    """Make a team of an institution. Raises RuleViolation: team.not_allowed, .outside, .code_taken, .not_primary."""
    check_can_create_team(institution=institution, by=by)
    taken = format_lazy(_("There is a team {code} already."), code=code)
    with made_by(by, "teams.create_team"), only_one("team.code_taken", taken):
        return Team.objects.create(code=code, name=name, institution=institution, formed_on=formed_on)


@transaction.atomic
def rename_team(*, team: Team, name: str, by: Account) -> Team:
    """Give a team another name. Raises RuleViolation: team.not_allowed, .outside."""
    with made_by(by, "teams.rename_team"):
        team = _locked(team, by)
        team.name = name
        team.save(update_fields=["name"])
        return team


@transaction.atomic
def add_member(*, team: Team, staff: Staff, from_on: date, by: Account) -> TeamMember:
    """`staff` belongs to the team from a day on.

    Raises RuleViolation: team.not_allowed, .outside, .not_there (dissolved or not formed yet), .member_already,
    .not_at_work.
    """
    with made_by(by, "teams.add_member"):
        team = _locked(team, by)
        check_can_join(team, staff, from_on)
        # Entered later, of a team that has ended since: it ends with the team.
        return team.members.create(staff=staff, from_on=from_on, to_on=team.dissolved_on)


@transaction.atomic
def end_member(*, member: TeamMember, on: date, by: Account) -> TeamMember:
    """`on` is the first day on which the member is none any more.

    Raises RuleViolation: team.not_allowed, .outside, .ended, .before_begin.
    """
    with made_by(by, "teams.end_member"):
        _locked(member.team, by)
        member.refresh_from_db()
        check_can_end(member, on)
        return _end(member, on)


@transaction.atomic
def lead(*, member: TeamMember, from_on: date, by: Account) -> TeamMember:
    """The member leads the team from a day on; whoever led until then stays as a member.

    Raises RuleViolation: team.not_allowed, .outside, .leads_already, .ended, .before_begin.
    """
    with made_by(by, "teams.lead"):
        team = _locked(member.team, by)
        member.refresh_from_db()
        check_can_lead(member, from_on)
        for before in team.members.filter(Q(to_on=None) | Q(to_on__gt=from_on), is_leader=True):
            _split(before, max(from_on, before.from_on), is_leader=False)
        return _split(member, from_on, is_leader=True)


@transaction.atomic
def serve_village(*, team: Team, village: Division, from_on: date, by: Account) -> TeamVillage:
    """The team serves the village from a day on; other teams may serve it, too.

    Raises RuleViolation: team.not_allowed, .outside, .not_there, .no_village, .serves_already.
    """
    with made_by(by, "teams.serve_village"):
        team = _locked(team, by)
        check_can_serve(team, village, from_on)
        served = team.villages.create(village=village, from_on=from_on, to_on=team.dissolved_on)
        note(served, SERVED)
        return served


@transaction.atomic
def leave_village(*, served: TeamVillage, on: date, by: Account) -> TeamVillage:
    """`on` is the first day on which the team doesn't serve the village any more.

    Raises RuleViolation: team.not_allowed, .outside, .ended, .before_begin.
    """
    with made_by(by, "teams.leave_village"):
        _locked(served.team, by)
        served.refresh_from_db()
        check_can_end(served, on)
        return _end(served, on)


@transaction.atomic
def dissolve(*, team: Team, on: date, by: Account) -> Team:
    """`on` is the first day on which the team doesn't exist; its members and villages end with it.

    Its contracts are not ended by the way: they are moved to another team as a reviewed batch.
    Raises RuleViolation: team.not_allowed, .outside, .dissolved, .before_begin.
    """
    with made_by(by, "teams.dissolve"):
        team = _locked(team, by)
        check_can_dissolve(team, on)
        for rows in (team.members, team.villages):
            rows.filter(from_on__gte=on).delete()
            rows.filter(Q(to_on=None) | Q(to_on__gt=on)).update(to_on=on)
        team.dissolved_on = on
        team.save(update_fields=["dissolved_on"])
        return team


def _locked(team: Team, by: Account) -> Team:
    """The team as it is now, for one writer at a time. Raises RuleViolation for those who may not change it."""
    team = Team.objects.select_for_update(no_key=True).select_related("institution").get(pk=team.pk)
    check_can_edit_team(team.institution, by)
    return team


def _end(row: Row, on: date) -> Row:
    row.to_on = on
    row.save(update_fields=["to_on"])
    return row


def _split(member: TeamMember, on: date, *, is_leader: bool) -> TeamMember:
    """From `on` the member leads or doesn't; what held before stays as a row of its own."""
    if on == member.from_on:
        member.is_leader = is_leader
        member.save(update_fields=["is_leader"])
        return member
    until, member.to_on = member.to_on, on
    member.save(update_fields=["to_on"])
    return member.team.members.create(staff_id=member.staff_id, from_on=on, to_on=until, is_leader=is_leader)
