"""Checklists: read, changed as a draft, published as the next version."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import checklists as actions
from assessments.forms.checklists import ChecklistForm
from assessments.models import Checklist
from assessments.presenters.checklists import blank_lines, kinds_of
from teams.attempts import attempt
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@require(Permission.SUPERVISION_READ)
def checklist_list(request: SignedInRequest) -> HttpResponse:
    """What is inspected with, kind by kind."""
    may_edit = has_permission(request.user, Permission.SUPERVISION_EDIT)
    rows = Checklist.objects.prefetch_related("items").exclude(status=Checklist.Status.RETIRED)
    if not may_edit:
        rows = rows.filter(status=Checklist.Status.PUBLISHED)
    context = {"rows": [(row, kinds_of(row)) for row in rows], "may_edit": may_edit}
    return render(request, "assessments/checklist_list.html", context)


@require_safe
@require(Permission.SUPERVISION_READ)
def checklist_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A version of a checklist, and the others of it."""
    checklist = _checklist(request, pk)
    versions = Checklist.objects.filter(code=checklist.code)
    may_edit = has_permission(request.user, Permission.SUPERVISION_EDIT)
    context = {
        "checklist": checklist,
        "kinds": kinds_of(checklist),
        "items": checklist.items.all(),
        "versions": versions if may_edit else versions.exclude(status=Checklist.Status.DRAFT),
        "may_edit": may_edit,
    }
    return render(request, "assessments/checklist_detail.html", context)


@GET_OR_POST
@require(Permission.SUPERVISION_EDIT)
def checklist_create(request: SignedInRequest) -> HttpResponse:
    """A new checklist, to be filled."""
    form = ChecklistForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create(by=request.user, **form.cleaned_data)
            return redirect("assessments:checklist_edit", made.pk)
        except RuleViolation as refusal:
            form.add_error("code", str(refusal))
    return render(request, "assessments/checklist_create.html", {"form": form})


@require_POST
@require(Permission.SUPERVISION_EDIT)
def checklist_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin the next version, or go on with it."""
    made = actions.draft(code=_checklist(request, pk).code, by=request.user)
    return redirect("assessments:checklist_edit", made.pk)


@GET_OR_POST
@require(Permission.SUPERVISION_EDIT)
def checklist_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The draft: a line for each item, some blank ones below."""
    checklist = _checklist(request, pk)
    if not checklist.is_draft:
        messages.error(request, _("A published version is not changed: start a draft from it."))
        return redirect("assessments:checklist_detail", pk)
    form = ChecklistForm(request.POST or None, checklist=checklist)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write(checklist=checklist, items=form.items(), by=request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("assessments:checklist_edit", pk)
        except ValidationError as error:
            form.add_error(None, error)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
    lines = blank_lines(checklist, request.POST if request.method == "POST" else None)
    return render(request, "assessments/checklist_edit.html", {"checklist": checklist, "form": form, "lines": lines})


@require_POST
@require(Permission.SUPERVISION_EDIT)
def checklist_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Inspect with this version from now on."""
    draft = _checklist(request, pk)

    def publish() -> None:
        actions.publish(checklist=draft, by=request.user)
        messages.success(request, _("Published: inspections planned from now on use this version."))

    return attempt(request, publish, "assessments:checklist_detail", pk)


def _checklist(request: SignedInRequest, pk: int) -> Checklist:
    rows = Checklist.objects.all()
    if not has_permission(request.user, Permission.SUPERVISION_EDIT):
        rows = rows.exclude(status=Checklist.Status.DRAFT)
    return get_object_or_404(rows, pk=pk)
