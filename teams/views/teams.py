"""The list of teams."""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from teams.clock import today
from teams.composition import job_checks, jobs_on
from teams.forms import TeamFilter
from teams.lists import address_of
from teams.models import Institution, Team, TeamMember, TeamVillage
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.policy import policy_on

TEAMS_A_PAGE = 50


@require_GET
@require(Permission.FIGURE_READ)
def team_list(request: SignedInRequest) -> HttpResponse:
    """The account's teams with leader, villages and what their composition lacks."""
    form, day = TeamFilter(request.user, request.GET), today()
    page = Paginator(_teams(request, form, day), TEAMS_A_PAGE).get_page(request.GET.get("page"))
    seen = Institution.objects.visible_to(request.user).filter(pk__in={team.institution_id for team in page})
    context = {
        "form": form,
        "page": page,
        "teams": _rows(list(page), set(seen.values_list("pk", flat=True)), day),
        "may_edit": has_permission(request.user, Permission.TEAM_EDIT),
    }
    return render(request, "teams/team_list.html", context)


def _teams(request: SignedInRequest, form: TeamFilter, day: date) -> QuerySet[Team]:
    teams = Team.objects.visible_to(request.user)
    teams = teams.filter(dissolved_on__lte=day) if form.cleaned_data.get("state") else teams.existing_on(day)
    words, unit = form.cleaned_data.get("q"), form.cleaned_data.get("unit")
    if words:
        teams = teams.filter(Q(name__contains=words) | Q(code__startswith=words))
    if unit:
        teams = teams.filter(institution=unit)
    return teams.select_related("institution").order_by("code")


def _rows(teams: list[Team], seen: set[int], day: date) -> list[dict[str, Any]]:
    """Of each team the leader, members, villages and missing jobs; three queries however many there are. `seen`: the
    institutions whose pages the account may open."""
    ids, policy = [team.pk for team in teams], policy_on(day)
    jobs = jobs_on(ids, day)
    leaders = TeamMember.objects.on(day).filter(team__in=ids, is_leader=True).values_list("team_id", "staff__name")
    villages = defaultdict(list)
    for team, name in (
        TeamVillage.objects.on(day)
        .filter(team__in=ids)
        .order_by("village__code")
        .values_list("team_id", "village__name")
    ):
        villages[team].append(name)
    names = dict(leaders)
    return [
        {
            "team": team,
            "url": address_of("contracts:team", team.pk),
            "institution_url": address_of("contracts:institution", key) if (key := team.institution_id) in seen else "",
            "leader": names.get(team.pk, ""),
            "members": sum(number for job, number in jobs.get(team.pk, Counter()).items() if job != "leader"),
            "villages": villages[team.pk],
            "missing": [check for check in job_checks(jobs.get(team.pk, Counter()), policy) if not check.is_met],
        }
        for team in teams
    ]
