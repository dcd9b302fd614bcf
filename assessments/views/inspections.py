"""Rounds of inspections: planning, the checklist on the spot, the end of an inspection; the inspection teams."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import inspections as actions
from assessments.forms.inspections import AnswerForm, FinishForm, InspectionTeamForm, PlanForm, RoundForm
from assessments.models import ChecklistItem, Inspection, InspectionRound, InspectionTeam
from assessments.presenters import inspections as presenter
from assessments.queries.inspections import finding_counts, inspections_of, rounds_of, sheet_of
from teams.attempts import attempt, sent
from teams.models import Team
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
A_PAGE = 50


@GET_OR_POST
@require(Permission.SUPERVISION_READ)
def patrol_list(request: SignedInRequest) -> HttpResponse:
    """The rounds, the newest first, with what is left of each; the bureau opens the next one."""
    may_edit = has_permission(request.user, Permission.SUPERVISION_EDIT)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied("supervision_edit")
    form = RoundForm(request.POST or None, initial={"month": presenter.next_month()}) if may_edit else None

    def begin() -> str:
        assert form
        made = actions.open_round(
            first_on=form.cleaned_data["month"].first, theme=form.cleaned_data["theme"], by=request.user
        )
        return reverse("assessments:patrol_detail", args=[made.pk])

    if form and (response := sent(request, form, begin, lambda _code: "month")):
        return response
    page = Paginator(rounds_of(request.user), 24).get_page(request.GET.get("page"))
    counts = finding_counts(request.user, [row.pk for row in page])
    context = {"form": form, "page": page, "rows": [presenter.round_row(row, counts.get(row.pk, {})) for row in page]}
    return render(request, "assessments/patrol_list.html", context)


@require_safe
@require(Permission.SUPERVISION_READ)
def patrol_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A round: who inspects which institution when, what was answered, found and is left."""
    return _round_page(request, _round(request, pk), None)


@require_POST
@require(Permission.SUPERVISION_EDIT)
def patrol_spread(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give every institution that the round doesn't have yet to a team and a day."""
    made = _round(request, pk)

    def spread() -> None:
        count = actions.spread(round_=made, by=request.user)
        messages.success(request, _("Institutions given to the teams: %(count)s.") % {"count": count})

    return attempt(request, spread, "assessments:patrol_detail", pk)


@require_POST
@require(Permission.SUPERVISION_EDIT)
def patrol_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Nothing more is inspected in this round."""
    made = _round(request, pk)

    def close() -> None:
        actions.close_round(round_=made, by=request.user)

    return attempt(request, close, "assessments:patrol_detail", pk)


@require_POST
@require(Permission.SUPERVISION_EDIT)
def patrol_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who goes to one institution when."""
    row = _round(request, pk)
    form = PlanForm(row, request.POST)
    if form.is_valid():
        try:
            actions.plan(round_=row, by=request.user, **form.cleaned_data)
            return redirect("assessments:patrol_detail", pk)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
    return _round_page(request, row, form)


@require_safe
@require(Permission.SUPERVISION_READ)
def inspection_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The checklist, made for a phone in a clinic: each item is answered by itself; then the end."""
    return _inspection_page(request, _inspection(request, pk))


@require_POST
@require(Permission.SUPERVISION_EDIT)
def inspection_answer(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """What one item looks like."""
    inspection = _inspection(request, pk)
    row = get_object_or_404(ChecklistItem, pk=item, checklist=inspection.checklist_id)
    form = AnswerForm(_teams(inspection), request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.answer(inspection=inspection, item=row, by=request.user, **form.cleaned_data)
            return redirect(f"{reverse('assessments:inspection_detail', args=[pk])}#item-{item}")
        except RuleViolation as refusal:
            form.add_error("text" if refusal.code == "inspection.no_words" else None, str(refusal))
    return _inspection_page(request, inspection, wrong=(row.pk, form))


@require_POST
@require(Permission.SUPERVISION_EDIT)
def inspection_finish(request: SignedInRequest, pk: int) -> HttpResponse:
    """The inspection is over; its findings may go down at once."""
    inspection = _inspection(request, pk)
    form = FinishForm(request.POST)
    if form.is_valid():
        try:
            actions.finish(inspection=inspection, by=request.user, **form.cleaned_data)
            messages.success(request, _("The inspection of %(name)s is over.") % {"name": inspection.institution.name})
            return redirect("assessments:patrol_detail", inspection.round_id)
        except RuleViolation as refusal:
            fields = {"finding.due": "due_on", "inspection.in_future": "on", "inspection.before_round": "on"}
            form.add_error(fields.get(refusal.code), str(refusal))
    return _inspection_page(request, inspection, finish=form)


@require_POST
@require(Permission.SUPERVISION_EDIT)
def inspection_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an institution out of its round."""
    inspection = _inspection(request, pk)
    try:
        actions.drop(inspection=inspection, by=request.user)
        messages.success(request, _("%(name)s is out of this round.") % {"name": inspection.institution.name})
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    return redirect("assessments:patrol_detail", inspection.round_id)


@GET_OR_POST
@require(Permission.SUPERVISION_EDIT)
def inspector_list(request: SignedInRequest) -> HttpResponse:
    """The inspection teams: entered and changed here."""
    chosen = InspectionTeam.objects.filter(pk=presenter.number(request.GET.get("team", ""))).first()
    initial = presenter.team_initial(chosen)
    form = InspectionTeamForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            team = InspectionTeam.objects.filter(pk=data.pop("pk") or 0).first()
            actions.save_team(team=team, by=request.user, **data)
            return redirect("assessments:inspector_list")
        except RuleViolation as refusal:
            form.add_error("number", str(refusal))
    context = {"form": form, "teams": InspectionTeam.objects.all(), "chosen": chosen}
    return render(request, "assessments/inspector_list.html", context)


def _round(request: SignedInRequest, pk: int) -> InspectionRound:
    return get_object_or_404(rounds_of(request.user), pk=pk)


def _inspection(request: SignedInRequest, pk: int) -> Inspection:
    rows = Inspection.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("round", "institution", "team", "checklist"), pk=pk)


def _teams(inspection: Inspection) -> Any:
    return Team.objects.filter(institution=inspection.institution_id, dissolved_on=None).order_by("code")


def _round_page(request: SignedInRequest, row: InspectionRound, form: PlanForm | None) -> HttpResponse:
    may_edit = has_permission(request.user, Permission.SUPERVISION_EDIT) and row.status != row.Status.CLOSED
    rows = inspections_of(request.user, row)
    team, state = presenter.number(request.GET.get("team", "")), request.GET.get("state", "")
    if team:
        rows = rows.filter(team=team)
    if state in ("open", "done"):
        rows = rows.filter(done_on__isnull=state == "open")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "round": row,
        "page": page,
        "teams": InspectionTeam.objects.filter(inspections__round=row).distinct(),
        "team": team,
        "state": state,
        "counts": finding_counts(request.user, [row.pk]).get(row.pk, {}),
        "may_edit": may_edit,
        "form": (form or PlanForm(row)) if may_edit else None,
    }
    return render(request, "assessments/patrol_detail.html", context)


def _inspection_page(
    request: SignedInRequest,
    inspection: Inspection,
    *,
    wrong: tuple[int, AnswerForm] | None = None,
    finish: FinishForm | None = None,
) -> HttpResponse:
    may_edit = (
        has_permission(request.user, Permission.SUPERVISION_EDIT)
        and inspection.done_on is None
        and inspection.round.status != InspectionRound.Status.CLOSED
    )
    lines = sheet_of(inspection)
    teams = _teams(inspection) if may_edit else Team.objects.none()
    context = {
        "inspection": inspection,
        "sections": presenter.sections(lines, teams, wrong, may_edit=may_edit),
        "answered": sum(line.answer is not None for line in lines),
        "total": len(lines),
        "may_edit": may_edit,
        "finish": (finish or FinishForm()) if may_edit else None,
    }
    return render(request, "assessments/inspection_detail.html", context)
