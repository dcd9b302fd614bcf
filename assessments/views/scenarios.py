"""Pages of what-ifs: a year's policy copied and changed, with everybody's scores and money before and after."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from assessments import tasks
from assessments.actions.scenarios import change_scenario, drop_scenario, may_plan, start_scenario
from assessments.calendar import CalendarMonth
from assessments.forms.scenarios import ChangesForm, ScenarioForm
from assessments.models import Scenario
from assessments.presenters.scenarios import answer_tables, points_warning, told
from assessments.queries.answers import has_failed, note_failure
from assessments.queries.scenarios import frozen_of, fund_of, look, priced_packages, progress, scenarios
from assessments.queries.scoring import rules_of
from assessments.views.tables import table_of
from teams.actions.submissions import fresh_key
from teams.attempts import sent
from teams.permissions import Permission, SignedInRequest, require
from teams.queue import enqueue

A_PAGE = 30
PATIENCE = 120  # times a page asks how far the worker is, one a second, before it says that this takes long


@require_http_methods(["GET", "POST"])
@require(Permission.ASSESSMENT_READ)
def scenario_list(request: SignedInRequest) -> HttpResponse:
    """Every what-if, and the form of a new one."""
    _require_district(request)
    form = ScenarioForm(request.POST) if request.method == "POST" else ScenarioForm(initial=ScenarioForm.proposed())
    if form.is_bound:
        _require_planner(request)
        if response := sent(request, form, lambda: _started(request, form)):
            return response
    page = Paginator(scenarios(request.user), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "may_edit": may_plan(request.user)}
    context["submission"] = request.POST.get("submission") or fresh_key()
    return render(request, "assessments/scenario_list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@require(Permission.ASSESSMENT_READ)
def scenario_detail(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """A what-if: what it changes, and everybody's score and money before and after; the worker finds these out."""
    scenario = _found(request, pk)
    prefetch_related_objects([scenario.version], "sections__rules")
    rules, fund = rules_of(scenario.version), fund_of(scenario)
    packages = list(priced_packages(request.user))
    form = ChangesForm(scenario, rules, fund, packages, request.POST if request.method == "POST" else None)
    if form.is_bound:
        _require_planner(request)
        if form.is_valid():
            change_scenario(scenario=scenario, changes=form.changes(), by=request.user)
            return redirect("assessments:scenario_detail", pk)
    answered = _answered(scenario)
    if request.GET.get("file") == "xlsx":
        found = answered["answer"]
        tables = answer_tables(found, answered, fund) if found else {}
        return table_of(request, f"{_('What if')}-{scenario.pk}", tables)
    context = {
        "period": _period(scenario),
        "form": form,
        "rules": [{"rule": rule, "cells": form.cells(rule)} for rule in rules],
        "fund": fund,
        "warning": points_warning(rules, scenario.changes.get("rules", {})),
        "may_edit": may_plan(request.user),
        **answered,
    }
    if context["answer"] is None and not context["failed"]:
        enqueue(tasks.answer_scenario, scenario.pk)
    return render(request, "assessments/scenario_detail.html", context)


@require_GET
@never_cache
@require(Permission.ASSESSMENT_READ)
def scenario_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """The part of a what-if's page that changes while the worker finds out; the page loads anew when it has."""
    context = _answered(_found(request, pk))
    if context["answer"] is not None:
        return HttpResponseClientRefresh()
    asked = request.GET.get("asked", "")[:4]
    times = min(int(asked), PATIENCE) + 1 if asked.isdecimal() else 1
    return render(request, "assessments/_scenario_progress.html", {**context, "asked": times, "late": times > PATIENCE})


@require_POST
@require(Permission.ASSESSMENT_READ)
def scenario_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask the worker again, after a failure or when it seems to have stopped."""
    scenario = _found(request, pk)
    note_failure(scenario, frozen_of(scenario).revisions, failed=False)
    return redirect("assessments:scenario_detail", pk)


def _answered(scenario: Scenario) -> dict[str, Any]:
    """The answer as the page shows it, or how far it has come, or that it failed."""
    frozen = frozen_of(scenario)
    found = look(scenario, frozen)
    if found is None:
        counted, months = progress(scenario, frozen)
        failed = has_failed(scenario, frozen.revisions)
        return {"scenario": scenario, "answer": None, "failed": failed, "counted": counted, "months": months}
    return {"scenario": scenario, "answer": found, **told(found)}


@require_POST
@require(Permission.ASSESSMENT_READ)
def scenario_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw a what-if away."""
    scenario = _found(request, pk)
    _require_planner(request)
    drop_scenario(scenario=scenario, by=request.user)
    messages.success(request, _("“%(name)s” is gone.") % {"name": scenario.name})
    return redirect("assessments:scenario_list")


def _started(request: SignedInRequest, form: ScenarioForm) -> str:
    scenario = start_scenario(fields=form.fields_of_scenario(), by=request.user)
    return reverse("assessments:scenario_detail", args=[scenario.pk])


def _found(request: SignedInRequest, pk: int) -> Scenario:
    return get_object_or_404(scenarios(request.user), pk=pk)


def _period(scenario: Scenario) -> str:
    first, last = CalendarMonth.of(scenario.from_month), CalendarMonth.of(scenario.to_month)
    return str(last) if first == last else f"{first} – {last}"


def _require_district(request: SignedInRequest) -> None:
    if not request.user.scope.is_district:
        raise Http404


def _require_planner(request: SignedInRequest) -> None:
    if not may_plan(request.user):
        raise PermissionDenied(Permission.RUBRIC_EDIT.value)
