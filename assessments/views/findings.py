"""Rectification: the work list, a finding with its steps and proofs, and the list as a file."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import findings as actions
from assessments.actions.uploads import content_of
from assessments.forms.inspections import FindingFilter, MoveForm, default_due
from assessments.models import Finding, FindingProof
from assessments.presenters import findings_work as presenter
from assessments.queries.findings import escalating, stage_counts
from assessments.rules.findings import State, steps_of
from teams.actions import audit
from teams.attempts import sent
from teams.clock import today
from teams.fields import DayField
from teams.models import AuditEvent, User
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation
from teams.workbooks import write_rows

A_PAGE = 50


@require_safe
@require(Permission.SUPERVISION_READ)
def finding_list(request: SignedInRequest) -> HttpResponse:
    """What is overdue first, then what this account does next."""
    form = FindingFilter(request.user, request.GET)
    page = Paginator(form.rows, A_PAGE).get_page(request.GET.get("page"))
    escalates, stage = escalating(today()), form.chosen("stage")
    context = {
        "form": form,
        "page": page,
        "rows": [presenter.row(finding, today(), escalates) for finding in page],
        "counts": stage_counts(request.user, escalates),
        "stage": stage,
        "may_assign": has_permission(request.user, Permission.SUPERVISION_EDIT),
        "due_on": default_due() if stage == State.FOUND else "",
    }
    return render(request, "assessments/finding_list.html", context)


@require_safe
@require(Permission.SUPERVISION_READ)
def finding_file(request: SignedInRequest) -> FileResponse:
    """The same list as .xlsx."""
    rows = FindingFilter(request.user, request.GET).rows
    file = BytesIO()
    write_rows(file, presenter.header(), presenter.lines(rows.iterator(500)), format="xlsx", text_columns={0, 2})
    file.seek(0)
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what="findings")
    return FileResponse(file, as_attachment=True, filename=f"findings-{today():%Y%m%d}.xlsx")


@require_POST
@require(Permission.SUPERVISION_EDIT)
def finding_assign(request: SignedInRequest) -> HttpResponse:
    """Hand the ticked findings down, to be mended by a day."""
    ticked = [int(each) for each in request.POST.getlist("chosen") if each.isdecimal() and len(each) < 19]
    seen = Finding.objects.visible_to(request.user).filter(pk__in=ticked).values_list("pk", flat=True)
    try:
        due_on = DayField(required=False).clean(request.POST.get("due_on", ""))
        rows = actions.assign(findings=list(seen), due_on=due_on, by=request.user)
        messages.success(request, _("Findings handed down: %(count)s.") % {"count": len(rows)})
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    except ValidationError:
        messages.error(request, _("Write the day as 20181231."))
    return redirect(f"{reverse('assessments:finding_list')}?stage=found")


@require_safe
@never_cache
@require(Permission.SUPERVISION_READ)
def finding_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One finding: what was found, what became of it, and the next step."""
    return _page(request, _finding(request, pk), None)


@require_POST
@require(Permission.SUPERVISION_READ)
def finding_move(request: SignedInRequest, pk: int, to: str) -> HttpResponse:
    """Take a step: `to` is the state after it."""
    finding = _finding(request, pk)
    if to not in STEPS:
        raise Http404
    form = MoveForm(steps_of(finding, request.user), request.POST, request.FILES)

    def move() -> str:
        STEPS[State(to)](finding, form.cleaned_data, request.user)
        messages.success(request, _("Done: %(step)s.") % {"step": presenter.state_text(State(to))})
        return reverse("assessments:finding_detail", args=[pk])

    return sent(request, form, move, FIELDS.get) or _page(request, finding, form)


@require_safe
@never_cache
@require(Permission.SUPERVISION_READ)
def finding_proof(request: SignedInRequest, pk: int) -> FileResponse:
    """A picture or paper of a finding that the account sees."""
    seen = Finding.objects.visible_to(request.user)
    proof = get_object_or_404(FindingProof.objects.filter(finding__in=seen), pk=pk)
    return FileResponse(BytesIO(content_of(proof)), content_type=proof.media_type)


def _finding(request: SignedInRequest, pk: int) -> Finding:
    rows = Finding.objects.visible_to(request.user).select_related(
        "institution", "team", "item__checklist", "inspection__round", "inspection__team", "relapse_of"
    )
    return get_object_or_404(rows, pk=pk)


def _page(request: SignedInRequest, finding: Finding, form: MoveForm | None) -> HttpResponse:
    steps = steps_of(finding, request.user)
    shown = presenter.row(finding, today(), escalating(today()))
    proofs = list(FindingProof.objects.filter(finding=finding).defer("content"))
    context = {
        **shown,
        "steps": [(step, presenter.state_text(step.state)) for step in finding.steps.all()],
        "found": [proof for proof in proofs if not proof.is_mended],
        "mended": [proof for proof in proofs if proof.is_mended],
        "offered": presenter.offered(finding, steps),
        "form": (form or MoveForm(steps)) if steps else None,
        "sees_earlier": finding.relapse_of_id
        and Finding.objects.visible_to(request.user).filter(pk=finding.relapse_of_id).exists(),
    }
    return render(request, "assessments/finding_detail.html", context)


Data = dict[str, Any]
FIELDS = {
    "finding.due": "due_on",
    "finding.no_words": "note",
    "finding.no_proof": "proofs",
    "proof.too_many": "proofs",
}


def _assign(finding: Finding, data: Data, by: User) -> None:
    """Down for the first time, or once more."""
    if finding.state == State.FOUND:
        actions.assign(findings=[finding.pk], due_on=data.get("due_on"), note=data["note"], by=by)
    else:
        actions.reject(finding=finding, note=data["note"], due_on=data.get("due_on"), by=by)


STEPS: dict[State, Callable[[Finding, Data, User], object]] = {
    State.ASSIGNED: _assign,
    State.DONE: lambda row, data, by: actions.mend(
        finding=row, note=data["note"], proofs=data.get("proofs", []), by=by
    ),
    State.REVIEWED: lambda row, data, by: actions.accept(finding=row, note=data["note"], by=by),
    State.CLOSED: lambda row, data, by: actions.close(finding=row, note=data["note"], by=by),
    State.WITHDRAWN: lambda row, data, by: actions.withdraw(finding=row, note=data["note"], by=by),
}
