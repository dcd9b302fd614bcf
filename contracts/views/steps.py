"""Steps of one contract's life: a page with a form for each, and back to the contract."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contracts.actions.changing import change_packages, change_team
from contracts.actions.confirming import confirm
from contracts.actions.ending import resume_all, suspend_all, terminate_all, undo_termination
from contracts.actions.renewing import renew
from contracts.forms import steps as forms
from contracts.models import Contract, Coverage, Status
from contracts.presenters.batches import proposal_row
from contracts.queries.contract import Story, choices_of, story, visible_contracts
from teams.actions.submissions import once
from teams.attempts import sent
from teams.clock import today
from teams.models import Team
from teams.permissions import Permission, SignedInRequest, require
from teams.policy import policy_on
from teams.rules import RuleViolation

# Reasons to end a contract that the record of the person tells as well, and where.
LEFT = {Coverage.Reason.DIED: "died_on", Coverage.Reason.MOVED: "moved_out_on"}
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_OR_POST
@require(Permission.CONTRACT_EDIT)
def contract_renew(request: SignedInRequest, pk: int) -> HttpResponse:
    """What renewing would make of this contract, and the form to do it."""
    told = _story(request, pk)
    years = told.proposal.end_on.year - told.proposal.start_on.year or None
    form = forms.RenewForm(request.POST or None, **_seen(told), policy=policy_on(told.day), years=years)

    def do() -> Contract:
        data = form.cleaned_data
        return renew(**_step(told, form, request), years=data["years"], consent=data["consent"])

    extra = {"proposal": proposal_row(told.proposal)}
    return _answer(request, told, form, do, _("Renew"), _("Renewed: %(number)s follows."), extra)


@GET_OR_POST
@require(Permission.CONTRACT_EDIT)
def contract_change_team(request: SignedInRequest, pk: int) -> HttpResponse:
    """To another team from a day on."""
    told = _story(request, pk)
    teams = Team.objects.visible_to(request.user).existing_on(told.day).exclude(pk=told.contract.team_id)
    form = forms.TeamForm(request.POST or None, **_seen(told), teams=teams, initial=forms.first_days(told.day, "on"))

    def do() -> Contract:
        data = form.cleaned_data
        return change_team(**_step(told, form, request), team=data["team"], on=data["on"], consent=data["consent"])

    return _answer(request, told, form, do, _("Change team"), _("Changed: %(number)s follows."))


@GET_OR_POST
@require(Permission.CONTRACT_EDIT)
def contract_change_packages(request: SignedInRequest, pk: int) -> HttpResponse:
    """Other packages from a day on."""
    told = _story(request, pk)
    form = forms.PackagesForm(
        request.POST or None, **_seen(told), choices=choices_of(told), initial=forms.first_days(told.day, "on")
    )

    def do() -> Contract:
        data = form.cleaned_data
        step = _step(told, form, request)
        return change_packages(**step, packages=form.packages, on=data["on"], consent=data["consent"])

    return _answer(request, told, form, do, _("Change packages"), _("Changed: %(number)s follows."))


@GET_OR_POST
@require(Permission.CONTRACT_EDIT)
def contract_terminate(request: SignedInRequest, pk: int) -> HttpResponse:
    """End the contract for some or all; it can be taken back on the same day."""
    told = _story(request, pk)
    members = [row for row in told.running if row.terminated_on is None]
    initial = forms.first_days(told.day, "on")
    form = forms.TerminateForm(request.POST or None, **_seen(told), coverages=members, initial=initial)

    def do() -> Contract:
        data = form.cleaned_data
        step = _members(form, request) | {name: data[name] for name in ("on", "reason", "note")}
        ended = terminate_all(**step)
        left = LEFT.get(data["reason"])
        if left and any(getattr(coverage.resident, left) is None for coverage in ended):
            messages.warning(
                request,
                _("Report the death or the move on the person's own page, too: until then they are counted here."),
            )
        for later in _later(ended):
            said = {"number": later.contract.number, "day": later.start_on}
            messages.warning(
                request, _("%(number)s from %(day)s on stays: terminate it, too, if nobody wants it.") % said
            )
        return ended[0].contract

    done = _("Terminated. It can be taken back until the end of the day.")
    return _answer(request, told, form, do, _("Terminate"), done, {"is_danger": True})


def _later(ended: Sequence[Coverage]) -> QuerySet[Coverage]:
    """Contracts signed ahead for people whose coverage was ended, one coverage of each: those go on."""
    people = [coverage.resident_id for coverage in ended]
    rows = Coverage.objects.filter(resident__in=people, terminated_on=None, start_on__gt=ended[0].start_on)
    later = rows.exclude(contract=ended[0].contract_id).select_related("contract")
    return later.order_by("contract", "pk").distinct("contract")


@require_POST
@require(Permission.CONTRACT_EDIT)
def contract_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take today's termination back, for everybody whom it ended."""
    told = _story(request, pk)
    form = forms.StepForm(request.POST, **_seen(told))
    if form.is_valid():
        try:
            once(key=form.cleaned_data["submission"], by=request.user, do=lambda: _undo(request, told, form))
        except RuleViolation as refusal:
            messages.error(request, str(refusal))
    return redirect("contracts:contract_detail", pk)


@GET_OR_POST
@require(Permission.CONTRACT_EDIT)
def contract_suspend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take some or all out of force for a while."""
    told = _story(request, pk)
    initial = forms.first_days(told.day, "from_on")
    form = forms.SuspendForm(request.POST or None, **_seen(told), coverages=told.running, initial=initial)

    def do() -> Contract:
        data = form.cleaned_data
        step = _members(form, request) | {name: data[name] for name in ("from_on", "to_on", "reason")}
        return suspend_all(**step)[0].coverage.contract

    return _answer(request, told, form, do, _("Suspend"), _("Suspended."))


@GET_OR_POST
@require(Permission.CONTRACT_EDIT)
def contract_resume(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put those who are suspended back in force."""
    told = _story(request, pk)
    members, initial = told.having(Status.SUSPENDED), forms.first_days(told.day, "on")
    form = forms.ResumeForm(request.POST or None, **_seen(told), coverages=members, initial=initial)

    def do() -> Contract:
        return resume_all(**_members(form, request), on=form.cleaned_data["on"])[0].coverage.contract

    return _answer(request, told, form, do, _("Resume"), _("In force again."))


@GET_OR_POST
@require(Permission.CONTRACT_EDIT)
def contract_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that the people still want the contract in its present year."""
    told = _story(request, pk)
    form = forms.ConfirmForm(request.POST or None, **_seen(told))

    def do() -> Contract:
        return confirm(**_step(told, form, request), consent=form.cleaned_data["consent"]).contract

    return _answer(request, told, form, do, _("Confirm"), _("Confirmed."))


def _story(request: SignedInRequest, pk: int) -> Story:
    return story(get_object_or_404(visible_contracts(request.user), pk=pk), request.user, today())


def _seen(told: Story) -> dict[str, Any]:
    return {"seen": told.seen}


def _step(told: Story, form: forms.StepForm, request: SignedInRequest) -> dict[str, Any]:
    return {"contract": told.contract, "seen": form.cleaned_data["seen"], "by": request.user}


def _members(form: forms.MembersForm, request: SignedInRequest) -> dict[str, Any]:
    return {"coverages": form.chosen, "seen": form.cleaned_data["seen"], "by": request.user}


def _undo(request: SignedInRequest, told: Story, form: forms.StepForm) -> str:
    undo_termination(coverages=told.undoable, seen=form.cleaned_data["seen"], by=request.user)
    messages.success(request, _("Taken back: the contract is as it was before."))
    return reverse("contracts:contract_detail", args=[told.contract.pk])


def _answer(
    request: SignedInRequest,
    told: Story,
    form: forms.StepForm,
    do: Callable[[], Contract],
    title: str,
    done: str,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page of a step; when its form was sent and nothing stands against it, on to the contract that it leads to."""

    def take() -> str:
        contract = do()
        messages.success(request, done % {"number": contract.number})
        return reverse("contracts:contract_detail", args=[contract.pk])

    if response := sent(request, form, take, lambda code: _field_of(code, form)):
        return response
    context = {"form": form, "contract": told.contract, "story": told, "title": title, **(extra or {})}
    return render(request, "contracts/step.html", context)


# Where a refusal stands in the form: the field that the clerk mends.
FIELDS = {
    "coverage.reason": "reason",
    "coverage.nobody": "members",
    "coverage.not_in_term": "on",
    "contract.no_team": "team",
    "contract.over": "on",
    "contract.not_begun": "on",
    "contract.consent": "consent",
}


def _field_of(code: str, form: forms.StepForm) -> str | None:
    name = FIELDS.get(code)
    return "from_on" if name == "on" and "from_on" in form.fields else name
