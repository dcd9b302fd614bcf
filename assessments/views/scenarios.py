"""Pages of what-ifs: a year's policy copied and changed, with everybody's scores and money before and after."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.actions.scenarios import change_scenario, drop_scenario, may_plan, start_scenario
from assessments.calendar import CalendarMonth
from assessments.forms.scenarios import ChangesForm, ScenarioForm
from assessments.models import Scenario
from assessments.presenters.scenarios import answer_lines, money_change, money_text
from assessments.queries.scenarios import answer, fund_of, priced_packages, scenarios
from assessments.queries.scoring import rules_of, whole
from teams.actions.submissions import fresh_key, once
from teams.permissions import Permission, SignedInRequest, require
from teams.rules import RuleViolation

A_PAGE = 30


@require_http_methods(["GET", "POST"])
@require(Permission.ASSESSMENT_READ)
def scenario_list(request: SignedInRequest) -> HttpResponse:
    """Every what-if, and the form of a new one."""
    _require_district(request)
    form = ScenarioForm(request.POST) if request.method == "POST" else ScenarioForm(initial=ScenarioForm.proposed())
    if form.is_bound:
        _require_planner(request)
        if form.is_valid():
            try:
                key = request.POST.get("submission", "")
                return redirect(once(key=key, by=request.user, do=lambda: _started(request, form)))
            except RuleViolation as refusal:
                form.add_error(None, str(refusal))
    page = Paginator(scenarios(request.user), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "may_edit": may_plan(request.user)}
    context["submission"] = request.POST.get("submission") or fresh_key()
    return render(request, "assessments/scenario_list.html", context)


@require_http_methods(["GET", "POST"])
@require(Permission.ASSESSMENT_READ)
def scenario_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A what-if: what it changes, and everybody's score and money before and after."""
    scenario = _found(request, pk)
    version, fund = whole(scenario.version), fund_of(scenario)
    rules = rules_of(version)
    packages = list(priced_packages(request.user))
    form = ChangesForm(scenario, rules, fund, packages, request.POST if request.method == "POST" else None)
    if form.is_bound:
        _require_planner(request)
        if form.is_valid():
            change_scenario(scenario=scenario, changes=form.changes(), by=request.user)
            return redirect("assessments:scenario_detail", pk)
    found = answer(scenario, version, fund)
    context: dict[str, Any] = {
        "scenario": scenario,
        "period": _period(scenario),
        "form": form,
        "rules": [{"rule": rule, "cells": form.cells(rule)} for rule in rules],
        "fund": fund,
        "answer": found,
        "lines": answer_lines(found),
        "sums": [money_text(each) for each in found.sums],
        "more": money_change(found.sums[1] - found.sums[0]),
        "fee_sums": [money_text(each) for each in found.fee_sums],
        "fees_more": money_change(found.fee_sums[1] - found.fee_sums[0]),
        "may_edit": may_plan(request.user),
    }
    return render(request, "assessments/scenario_detail.html", context)


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
