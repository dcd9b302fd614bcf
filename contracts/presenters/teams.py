"""Pages of a team and of an institution: members, villages, load, and what the policy finds."""

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contracts.queries.teams import Load, loads, remaining, team_checks
from residents.models import Resident
from teams.composition import centre_check, jobs_on
from teams.dates import ONE_DAY
from teams.models import Institution, Staff, Team, TeamMember, User
from teams.models.places import parent_ids
from teams.policy import policy_on

# How a member stands in "one base doctor, one team, one hospital expert" (1+1+1) and its grid.
PARTS = {
    Staff.Job.VILLAGE_DOCTOR: _("base doctor"),
    Staff.Job.SPECIALIST: _("hospital expert"),
    Staff.Job.GRID_WORKER: _("grid worker"),
}


def team_page(team: Team, day: date) -> dict[str, Any]:
    """Context of `contracts/team.html`."""
    policy, jobs = policy_on(day), jobs_on([team.pk], day).get(team.pk, Counter())
    load = loads([team.pk], day).get(team.pk, Load())
    members = list(
        team.members.select_related("staff__institution").order_by("-is_leader", "staff__staff_no", "from_on")
    )
    served = list(team.villages.select_related("village").order_by("village__code", "from_on"))
    here = [row.village_id for row in served if holds(row, day)]
    residents = dict(
        Resident.objects.in_population_on(day)
        .filter(village__in=here)
        .order_by()
        .values_list("village")
        .annotate(Count("pk"))
    )
    # Of a team that is gone those who belonged to it to the last are told.
    last = min(day, team.dissolved_on - ONE_DAY) if team.dissolved_on else day
    return {
        "team": team,
        "day": day,
        "exists": last == day,
        "load": load,
        "residents": sum(residents.values()),
        "checks": team_checks(jobs, load, policy) if last == day else [],
        "members": [_member(row) for row in members if holds(row, last)],
        "past_members": [_member(row) for row in members if not holds(row, last)],
        "villages": [{"row": row, "residents": residents.get(row.village_id, 0)} for row in served if holds(row, day)],
        "past_villages": [{"row": row} for row in served if not holds(row, day)],
        "remaining": remaining(team.pk, day) if team.dissolved_on else None,
    }


def holds(row: Any, day: date) -> bool:
    """Whether a dated row holds on the day."""
    return row.from_on <= day and (row.to_on is None or row.to_on > day)


def _member(row: TeamMember) -> dict[str, Any]:
    return {"row": row, "staff": row.staff, "part": PARTS.get(Staff.Job(row.staff.job), "")}


def institution_page(institution: Institution, user: User, day: date) -> dict[str, Any]:
    """Context of `contracts/institution.html`."""
    parents = parent_ids(day)
    below = [child for child, parent in parents.items() if parent == institution.pk]
    policy = policy_on(day)
    seen = Institution.objects.visible_to(user)
    centre = centre_check(institution, day, policy)
    return {
        "institution": institution,
        "day": day,
        "is_centre": institution.kind in (Institution.Kind.TOWNSHIP_CENTER, Institution.Kind.COMMUNITY_CENTER),
        "parent": seen.filter(pk=parents.get(institution.pk)).first(),
        "has_teams": institution.kind in Institution.PRIMARY_KINDS,
        "checks": [centre] if centre else [],
        "teams": _teams(institution, user, day, policy),
        "children": list(seen.filter(pk__in=below).annotate(team_count=Count("teams")).order_by("code")),
        "staff": _staff(institution, user, day),
    }


def _teams(institution: Institution, user: User, day: date, policy: dict[str, int]) -> list[dict[str, Any]]:
    teams = list(Team.objects.visible_to(user).existing_on(day).filter(institution=institution).order_by("code"))
    ids = [team.pk for team in teams]
    jobs, carried = jobs_on(ids, day), loads(ids, day)
    rows = []
    for team in teams:
        load = carried.get(team.pk, Load())
        checks = team_checks(jobs.get(team.pk, Counter()), load, policy)
        rows.append({"team": team, "load": load, "missing": [check for check in checks if not check.is_met]})
    return rows


def _staff(institution: Institution, user: User, day: date) -> list[dict[str, Any]]:
    """Staff of the institution, with the teams to which each belongs on the day: dicts name, url (of those seen)."""
    staff = list(Staff.objects.filter(institution=institution).order_by("staff_no"))
    memberships = TeamMember.objects.on(day).filter(staff__in=staff).select_related("team").order_by("team__code")
    teams: dict[int, list[dict[str, str]]] = {}
    for row in memberships:
        url = reverse("contracts:team", args=[row.team_id]) if user.sees_team(row.team_id) else ""
        teams.setdefault(row.staff_id, []).append({"name": row.team.name, "url": url})
    return [
        {"staff": row, "teams": teams.get(row.pk, []), "has_left": bool(row.left_on and row.left_on <= day)}
        for row in staff
    ]
