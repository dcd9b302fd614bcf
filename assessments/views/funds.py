"""Funds and their rules: look, draft, publish."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import funds
from assessments.forms.money import FundForm, PeriodForm, RuleForm
from assessments.models import Fund, FundVersion, Run
from assessments.presenters.funds import rule_facts
from assessments.presenters.money import run_rows
from teams.attempts import attempt, sent
from teams.clock import today
from teams.leaving import left
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_OR_POST
@require(Permission.MONEY_EDIT)
def fund_create(request: SignedInRequest) -> HttpResponse:
    """A new fund; its rule is drafted next."""
    form = FundForm(request.POST or None)

    def create() -> str:
        data = form.cleaned_data
        draft = funds.create_fund(code=data["code"], name=data["name"], by=request.user)
        return reverse("assessments:fund_edit", args=[draft.pk])

    response = sent(request, form, create, {"fund.code_taken": "code"}.get)
    return response or render(request, "assessments/fund_create.html", {"form": form})


@require_safe
@require(Permission.MONEY_READ)
def fund_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A fund: its rule in use, earlier ones, and its allocations."""
    return fund_page(request, _fund(request, pk), PeriodForm(year=today().year))


def fund_page(request: SignedInRequest, fund: Fund, form: PeriodForm) -> HttpResponse:
    """The fund's page with the form by which an allocation begins."""
    versions = list(fund.versions.prefetch_related("payers", "package_weights__package__versions", "job_weights"))
    asked = request.GET.get("version", "")
    chosen = [version for version in versions if str(version.number) == asked]
    in_use = [version for version in versions if version.status == FundVersion.Status.PUBLISHED]
    shown = next(iter([*chosen, *in_use, *versions]), None)
    runs = Run.objects.visible_to(request.user).filter(fund=fund).select_related("fund", "version")
    context = {
        "fund": fund,
        "versions": versions,
        "shown": shown,
        "facts": rule_facts(shown) if shown else [],
        "runs": run_rows(runs.prefetch_related("rounds")),
        "form": form,
        "may_edit": has_permission(request.user, Permission.MONEY_EDIT),
        "in_use": in_use[0] if in_use else None,
    }
    return render(request, "assessments/fund_detail.html", context)


@require_POST
@require(Permission.MONEY_EDIT)
def fund_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin a new version of the rule, or go on with the one begun."""
    draft = funds.start_draft(fund=_fund(request, pk), by=request.user)
    return redirect("assessments:fund_edit", draft.pk)


@GET_OR_POST
@require(Permission.MONEY_EDIT)
def fund_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Edit a draft."""
    version = _version(request, pk)
    if not version.is_draft:
        messages.error(request, _("A published version is not changed: start a draft from it."))
        return redirect("assessments:fund_detail", version.fund_id)
    form = RuleForm(request.POST or None, version=version)
    if answer := left(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        try:
            funds.change_draft(version=version, terms=form.terms(), by=request.user)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The draft is saved. Publish it to put it to use."))
            return redirect(f"{reverse('assessments:fund_detail', args=[version.fund_id])}?version={version.number}")
    return render(request, "assessments/fund_edit.html", {"version": version, "form": form})


@require_POST
@require(Permission.MONEY_EDIT)
def fund_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a draft to use."""
    draft = _version(request, pk)

    def publish() -> None:
        funds.publish_fund(version=draft, by=request.user)
        messages.success(request, _("The rule is in use; allocations that are begun from now on follow it."))

    return attempt(request, publish, "assessments:fund_detail", draft.fund_id)


@require_POST
@require(Permission.MONEY_EDIT)
def fund_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    draft = _version(request, pk)

    def drop() -> None:
        funds.drop_draft(version=draft, by=request.user)
        messages.success(request, _("The draft is discarded."))

    return attempt(request, drop, "assessments:fund_detail", draft.fund_id)


def _fund(request: SignedInRequest, pk: int) -> Fund:
    return get_object_or_404(Fund.objects.visible_to(request.user), pk=pk)


def _version(request: SignedInRequest, pk: int) -> FundVersion:
    return get_object_or_404(FundVersion.objects.visible_to(request.user).select_related("fund"), pk=pk)
