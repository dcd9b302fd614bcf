"""Pages of rubrics: the list, a version, the editor of its parts, what changed, and what a draft would mean."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.actions import rubrics
from assessments.forms.rubrics import NEW, HeadForm, RubricFileForm, RubricForm, part_form
from assessments.forms.trials import TrialForm
from assessments.models import RubricVersion
from assessments.presenters.rubrics import (
    grades_table,
    section_rows,
    trial_rows,
    trial_table,
    unit_rows,
    unit_table,
    veto_rows,
)
from assessments.queries.rubrics import differences, trial, versions
from assessments.queries.scoring import PARTS, assessed_units
from assessments.rubric_content import Content
from assessments.rubric_files import dump, read_rubric
from assessments.rules.rubrics import check_can_publish
from assessments.tables import Table
from assessments.views.tables import table_of
from teams.actions.submissions import fresh_key
from teams.attempts import attempt, sent
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation
from teams.versions import obstacle

UNITS_A_PAGE = 50


@require_GET
@require(Permission.ASSESSMENT_READ)
def rubric_list(request: SignedInRequest) -> HttpResponse:
    """Every rubric with its versions, those in use first."""
    rows: dict[str, list[RubricVersion]] = {}
    for version in versions(request.user):
        rows.setdefault(version.rubric.code, []).append(version)
    context = {"rubrics": list(rows.values()), "may_edit": has_permission(request.user, Permission.RUBRIC_EDIT)}
    return render(request, "assessments/rubric_list.html", context)


@require_http_methods(["GET", "POST"])
@require(Permission.RUBRIC_EDIT)
def rubric_create(request: SignedInRequest) -> HttpResponse:
    """Open a rubric: empty, like one that comes with the product, or from a file."""
    form = RubricForm(request.POST or None, request.FILES or None)
    if response := sent(request, form, lambda: _created(request, form), {"rubric.code_taken": "code"}.get):
        return response
    key = request.POST.get("submission") or fresh_key()
    return render(request, "assessments/rubric_create.html", {"form": form, "submission": key})


@require_GET
@require(Permission.ASSESSMENT_READ)
def rubric_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A version: its sections and rules, vetoes and grades, and the rubric's other versions."""
    version = _found(request, pk)
    content = Content.of(version)
    context = {
        "version": version,
        "content": content,
        "sections": section_rows(content),
        "vetoes": veto_rows(content),
        "versions": list(version.rubric.versions.order_by("-number")),
        "cycles": version.cycles.order_by("-to_month"),
        "obstacle": obstacle(version, check_can_publish),
        "may_edit": has_permission(request.user, Permission.RUBRIC_EDIT),
        "file_form": RubricFileForm(),
    }
    return render(request, "assessments/rubric_detail.html", context)


@require_GET
@require(Permission.ASSESSMENT_READ)
def rubric_diff(request: SignedInRequest, pk: int, other: int) -> HttpResponse:
    """What a version says otherwise than another one of its rubric."""
    after = _found(request, pk)
    before = get_object_or_404(versions(request.user), pk=other, rubric=after.rubric)
    found = differences(Content.of(before), Content.of(after))
    context = {"before": before, "after": after, "differences": found}
    return render(request, "assessments/rubric_diff.html", context)


@require_GET
@require(Permission.ASSESSMENT_READ)
def rubric_try(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Scores and grades of frozen months by a version, beside those by the one in use."""
    _require_district(request)
    known = {row.pk: row for row in versions(request.user).filter(rubric__versions=pk)}
    if pk not in known:
        raise Http404
    version = known[pk]
    form = TrialForm(version, known, request.GET or None)
    context: dict[str, Any] = {"version": version, "form": form}
    if form.months and (not form.is_bound or form.is_valid()):
        choice = form.choice()
        units = assessed_units(choice.unit_kind, choice.period[1])
        before, after = choice.beside, version
        prefetch_related_objects([before, after], *PARTS)
        tried = trial(before, after, choice.unit_kind, units, choice.period)
        page = Paginator(tried.by_change(), UNITS_A_PAGE).get_page(request.GET.get("page"))
        context |= {"beside": before, "is_beside": before.pk != after.pk, "trial": tried, "units": choice.unit_kind}
        context |= {"page": page, "rows": trial_rows(page.object_list)}
        one = next((row for row in tried.rows if str(row.unit.pk) == request.GET.get("row")), None)
        context |= {"one": one, "one_rows": unit_rows(tried, before, after, one.unit.pk) if one else []}
    if request.GET.get("file") == "xlsx":
        return table_of(request, f"{version.rubric.code}-v{version.number}", _tables(context))
    return render(request, "assessments/rubric_try.html", context)


def _tables(context: dict[str, Any]) -> dict[str, Table]:
    """The tables of a version that was tried, by the names that its page gives them."""
    if "trial" not in context:
        return {}
    before, after, one = context["beside"], context["version"], context["one"]
    beside = f"v{before.number}" if before.pk != after.pk else ""
    tables = {
        "units": trial_table(trial_rows(context["trial"].by_change()), before, after, context["units"]),
        "grades": grades_table(context["trial"].grades, beside, f"v{after.number}"),
    }
    return tables | {"rules": unit_table(one.unit.name, context["one_rows"], before, after)} if one else tables


@require_GET
@require(Permission.ASSESSMENT_READ)
def rubric_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The version as a readable file, which a new rubric or a draft takes in again."""
    version = _found(request, pk)
    response = HttpResponse(dump(Content.of(version)), content_type="application/toml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{version.rubric.code}-v{version.number}.toml"'
    return response


@require_http_methods(["GET", "POST"])
@require(Permission.RUBRIC_EDIT)
def rubric_edit(request: SignedInRequest, pk: int, part: str, key: str) -> HttpResponse:
    """The form of one part of a draft: its head, a section, a rule or a veto."""
    draft = _found(request, pk)
    if not draft.is_draft:
        messages.error(request, _("A published version is not changed: start a draft from it."))
        return redirect("assessments:rubric_detail", pk)
    content = Content.of(draft)
    form = part_form(part, key, content, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        try:
            if "remove" in request.POST and not isinstance(form, HeadForm):
                rubrics.save_draft(draft=draft, content=form.removed(content, key), seen=seen, by=request.user)
                return redirect("assessments:rubric_detail", pk)
            if form.is_valid():
                rubrics.save_draft(draft=draft, content=form.applied(content, key), seen=seen, by=request.user)
                return redirect("assessments:rubric_detail", pk)
        except RuleViolation as refusal:
            form.add_error(_field_of(refusal.code, form.fields), str(refusal))
    context = {
        "version": draft,
        "part": part,
        "form": form,
        "is_new": key.startswith(NEW),
        "seen": request.POST.get("seen") or content.fingerprint,
    }
    return render(request, "assessments/rubric_edit.html", context)


@require_POST
@require(Permission.RUBRIC_EDIT)
def rubric_upload(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a file take the place of what a draft says."""
    draft = _found(request, pk)
    form = RubricFileForm(request.POST, request.FILES)

    def take() -> str:
        if not form.is_valid():
            raise RuleViolation("rubric_file.wrong", form.errors.as_text())
        seen = Content.of(draft).fingerprint
        rubrics.save_draft(draft=draft, content=form.cleaned_data["file"], seen=seen, by=request.user)
        messages.success(request, _("The draft says what the file says."))
        return reverse("assessments:rubric_detail", args=[pk])

    return attempt(request, take, "assessments:rubric_detail", pk)


@require_POST
@require(Permission.RUBRIC_EDIT)
def rubric_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open the rubric's draft, making one where there is none."""
    version = _found(request, pk)

    def start() -> str:
        draft = rubrics.start_draft(rubric=version.rubric, by=request.user)
        return reverse("assessments:rubric_detail", args=[draft.pk])

    return attempt(request, start, "assessments:rubric_detail", pk)


@require_POST
@require(Permission.RUBRIC_EDIT)
def rubric_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let new cycles use a draft."""
    draft = _found(request, pk)

    def publish() -> str:
        rubrics.publish(draft=draft, by=request.user)
        messages.success(request, _("%(name)s is in use from now on.") % {"name": draft})
        return reverse("assessments:rubric_detail", args=[pk])

    return attempt(request, publish, "assessments:rubric_detail", pk)


@require_POST
@require(Permission.RUBRIC_EDIT)
def rubric_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let no new cycle use a version."""
    version = _found(request, pk)

    def retire() -> str:
        rubrics.retire(version=version, by=request.user)
        messages.success(
            request, _("%(name)s is used by no new cycle; those that have it keep it.") % {"name": version}
        )
        return reverse("assessments:rubric_detail", args=[pk])

    return attempt(request, retire, "assessments:rubric_detail", pk)


@require_POST
@require(Permission.RUBRIC_EDIT)
def rubric_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    draft = _found(request, pk)

    def drop() -> str:
        rubrics.drop_draft(draft=draft, by=request.user)
        messages.success(request, _("The draft of %(name)s is discarded.") % {"name": draft.name})
        return reverse("assessments:rubric_list")

    return attempt(request, drop, "assessments:rubric_detail", pk)


def _created(request: SignedInRequest, form: RubricForm) -> str:
    data = form.cleaned_data
    content = data["file"] or (read_rubric(data["like"]) if data["like"] else Content(data["name"]))
    if data["name"]:
        content = Content(**{**vars(content), "name": data["name"]})
    draft = rubrics.create_rubric(code=data["code"], content=content, by=request.user)
    return reverse("assessments:rubric_detail", args=[draft.pk])


def _found(request: SignedInRequest, pk: int) -> RubricVersion:
    return get_object_or_404(versions(request.user), pk=pk)


def _require_district(request: SignedInRequest) -> None:
    """Everybody's scores side by side are for accounts that see the district."""
    if not request.user.scope.is_district:
        raise Http404


def _field_of(code: str, fields: dict[str, Any]) -> str | None:
    name = code.partition(".")[2]
    return {"grades": "excellent_from", "code_twice": "code"}.get(name, name if name in fields else None)
