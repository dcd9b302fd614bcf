"""A team and an institution: whom they have, whom they serve, what they carry; and changing teams."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contracts.forms.teams import DayForm, MemberForm, NameForm, TeamForm, VillageForm
from contracts.presenters.teams import institution_page, team_page
from contracts.queries.teams import remaining
from teams.actions import teams as actions
from teams.actions.submissions import fresh_key
from teams.attempts import sent
from teams.clock import today
from teams.models import Institution, Staff, Team, TeamMember, TeamVillage
from teams.permissions import Permission, SignedInRequest, has_permission, require

require_form = require_http_methods(["GET", "HEAD", "POST"])


@require_GET
@require(Permission.FIGURE_READ)
def team(request: SignedInRequest, pk: int) -> HttpResponse:
    """A team: its members and villages with their dates, its load, and what the policy finds."""
    context = team_page(_team(request, pk), today()) | _rights(request)
    seen = Institution.objects.visible_to(request.user)
    context["institution_is_seen"] = seen.filter(pk=context["team"].institution_id).exists()
    return render(request, "contracts/team.html", context)


@require_GET
@require(Permission.FIGURE_READ)
def institution(request: SignedInRequest, pk: int) -> HttpResponse:
    """An institution: its teams with their load, its staff, and what the policy finds."""
    found = get_object_or_404(Institution.objects.visible_to(request.user), pk=pk)
    return render(
        request, "contracts/institution.html", institution_page(found, request.user, today()) | _rights(request)
    )


@require_form
@require(Permission.TEAM_EDIT)
def team_create(request: SignedInRequest) -> HttpResponse:
    """A new team of one of the account's institutions."""
    form = TeamForm(request.user, request.POST or None, initial={"institution": request.GET.get("institution")})
    return _edit(
        request,
        form,
        _("New team"),
        _("Make the team"),
        lambda typed: actions.create_team(**typed, by=request.user).pk,
    )


@require_form
@require(Permission.TEAM_EDIT)
def team_rename(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another name."""
    found = _team(request, pk)
    form = NameForm(request.POST or None, initial={"name": found.name})
    return _edit(
        request,
        form,
        _("Rename the team"),
        _("Save"),
        lambda typed: actions.rename_team(team=found, by=request.user, **typed).pk,
        team=found,
    )


@require_form
@require(Permission.TEAM_EDIT)
def member_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new member: a doctor or nurse of the institution, a hospital's expert, a grid worker."""
    found = _team(request, pk)
    form = MemberForm(request.user, request.POST or None)

    def join(typed: dict[str, Any]) -> int:
        member = actions.add_member(team=found, staff=typed["staff_no"], from_on=typed["from_on"], by=request.user)
        return member.team_id

    near = Staff.objects.visible_to(request.user).filter(institution=found.institution_id, left_on=None)
    return _edit(request, form, _("Add a member"), _("Add"), join, team=found, staff=near.order_by("staff_no"))


@require_form
@require(Permission.TEAM_EDIT)
def member_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """The first day on which somebody is no member any more."""
    row = _member(request, pk)
    title = _("%(name)s leaves the team") % {"name": row.staff.name}
    return _edit(
        request,
        DayForm(request.POST or None),
        title,
        _("End the membership"),
        lambda typed: actions.end_member(member=row, by=request.user, **typed).team_id,
        team=row.team,
    )


@require_form
@require(Permission.TEAM_EDIT)
def member_lead(request: SignedInRequest, pk: int) -> HttpResponse:
    """The day from which a member leads."""
    row = _member(request, pk)
    title = _("%(name)s leads the team") % {"name": row.staff.name}
    return _edit(
        request,
        DayForm(request.POST or None),
        title,
        _("Make leader"),
        lambda typed: actions.lead(member=row, from_on=typed["on"], by=request.user).team_id,
        team=row.team,
    )


@require_form
@require(Permission.TEAM_EDIT)
def village_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """One more village served."""
    found = _team(request, pk)
    return _edit(
        request,
        VillageForm(found, request.POST or None),
        _("Serve one more village"),
        _("Add"),
        lambda typed: actions.serve_village(team=found, by=request.user, **typed).team_id,
        team=found,
    )


@require_form
@require(Permission.TEAM_EDIT)
def village_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """The first day on which a village is not served any more."""
    mine = TeamVillage.objects.filter(team__in=Team.objects.visible_to(request.user))
    row = get_object_or_404(mine.select_related("team", "village"), pk=pk)
    title = _("The team no longer serves %(village)s") % {"village": row.village.name}
    return _edit(
        request,
        DayForm(request.POST or None),
        title,
        _("End the service"),
        lambda typed: actions.leave_village(served=row, by=request.user, **typed).team_id,
        team=row.team,
    )


@require_form
@require(Permission.TEAM_EDIT)
def team_dissolve(request: SignedInRequest, pk: int) -> HttpResponse:
    """The end of a team; its running contracts are named, and handed over elsewhere."""
    found = _team(request, pk)
    return _edit(
        request,
        DayForm(request.POST or None),
        _("Dissolve the team"),
        _("Dissolve the team"),
        lambda typed: actions.dissolve(team=found, by=request.user, **typed).pk,
        team=found,
        remaining=remaining(found.pk, today()),
    )


def _edit(
    request: SignedInRequest,
    form: forms.Form,
    title: str,
    button: str,
    do: Callable[[dict[str, Any]], int],
    **context: Any,
) -> HttpResponse:
    """Show the form, or do once what it says and go to the team (`do` returns its id); a refusal stands above it."""

    def save() -> str:
        pk = do(form.cleaned_data)
        messages.success(request, _("Saved."))
        return reverse("contracts:team", args=[pk])

    context |= {"form": form, "title": title, "button": button}
    context["submission"] = request.POST.get("submission") or fresh_key()
    return sent(request, form, save) or render(request, "contracts/team_edit.html", context)


def _team(request: SignedInRequest, pk: int) -> Team:
    return get_object_or_404(Team.objects.visible_to(request.user).select_related("institution"), pk=pk)


def _member(request: SignedInRequest, pk: int) -> TeamMember:
    mine = TeamMember.objects.filter(team__in=Team.objects.visible_to(request.user))
    return get_object_or_404(mine.select_related("team", "staff"), pk=pk)


def _rights(request: SignedInRequest) -> dict[str, bool]:
    return {
        "may_edit": has_permission(request.user, Permission.TEAM_EDIT),
        "may_read_people": has_permission(request.user, Permission.PEOPLE_READ),
        "may_sign": has_permission(request.user, Permission.CONTRACT_EDIT),
    }
