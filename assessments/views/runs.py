"""Allocations: what is next, simulate, submit, approve, pay, what is paid back, and try another rule or assessment."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import runs
from assessments.actions.repayments import enter_repayment
from assessments.forms.money import CompareForm, CycleForm, PeriodForm, RepaymentForm
from assessments.models import Fund, Line, Repayment, Round, Run
from assessments.presenters import money
from assessments.presenters.comparison import comparison
from assessments.presenters.funds import fund_rows
from assessments.presenters.transfers import reach_words
from assessments.queries.transfers import reach_of
from assessments.views.funds import fund_page
from teams.attempts import attempt, sent
from teams.clock import today
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation


@require_safe
@require(Permission.MONEY_READ)
def money_home(request: SignedInRequest) -> HttpResponse:
    """The bureau: funds, allocations with what is next, money that comes in. Others: their statements."""
    user = request.user
    rows = Run.objects.visible_to(user).select_related("fund", "version").prefetch_related("rounds")
    context = {
        "is_district": user.scope.is_district,
        "may_edit": has_permission(user, Permission.MONEY_EDIT),
        "runs": money.run_rows(rows),
        "funds": fund_rows(Fund.objects.visible_to(user).prefetch_related("versions__payers")),
        "reach": reach_words(reach_of(user, today().year)),
        "year": today().year,
    }
    if not user.scope.is_district:
        lines = Line.objects.visible_to(user).with_debts().select_related("round__run__fund", "team", "institution")
        context["statements"] = money.statement_rows(lines.order_by("-round__run__to_month", "-round", "code")[:200])
    return render(request, "assessments/money_home.html", context)


@require_POST
@require(Permission.MONEY_EDIT)
def run_begin(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin an allocation of a fund."""
    fund = get_object_or_404(Fund.objects.visible_to(request.user), pk=pk)
    form = PeriodForm(request.POST)

    def begin() -> str:
        data = form.cleaned_data
        run = runs.begin_run(fund=fund, from_month=data["from_month"], to_month=data["to_month"], by=request.user)
        return reverse("assessments:run_detail", args=[run.pk])

    return sent(request, form, begin, {"run.months": "to_month"}.get) or fund_page(request, fund, form)


@require_safe
@require(Permission.MONEY_READ)
def run_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """An allocation: what is next, and each round's amounts."""
    return _page(request, _run(request, pk), request.GET.get("stage", ""))


def _page(request: SignedInRequest, run: Run, asked: str, form: RepaymentForm | None = None) -> HttpResponse:
    rounds = list(Round.objects.visible_to(request.user).filter(run=run).select_related("cycle", *money.SIGNERS))
    shown = next((row for row in rounds if row.stage == asked), rounds[-1] if rounds else None)
    may_edit = has_permission(request.user, Permission.MONEY_EDIT)
    step = money.next_step(run, rounds, request.user if may_edit else None)
    context = {
        "run": run,
        "head": money.run_head(run),
        "tabs": money.round_tabs(run, rounds, shown),
        "shown": shown,
        "step": step,
        "form": CycleForm(run=run, initial=_last_cycle(rounds)) if step.simulates and run.needs_results else None,
        "may_edit": may_edit,
        "may_drop": may_edit and all(row.state == Round.State.SIMULATED for row in rounds),
        "may_open_months": has_permission(request.user, Permission.MONTH_COMPUTE) and request.user.scope.is_district,
    }
    if shown:
        lines = _lines(request, shown)
        context |= money.round_context(shown, lines)
        if context["debts"] and (shown.stage, shown.state) == (Round.Stage.SETTLEMENT, Round.State.PAID):
            context["step"] = money.next_step(run, rounds, None, owes=True)
        if shown.state in Round.DECIDED and any(line.owed for line in lines):
            context["repayments"] = money.repayment_rows(_repayments(request, shown))
            context["repayment_form"] = (form or RepaymentForm(lines=lines, day=today())) if may_edit else None
    return render(request, "assessments/run_detail.html", context)


def _lines(request: SignedInRequest, row: Round) -> list[Line]:
    """What an account sees of a round, with what is owed."""
    lines = Line.objects.visible_to(request.user).filter(round=row).with_debts()
    return list(lines.select_related("team", "institution"))


def _repayments(request: SignedInRequest, row: Round) -> QuerySet[Repayment]:
    rows = Repayment.objects.visible_to(request.user).filter(line__round=row)
    return rows.select_related("line__team", "line__institution")


@require_safe
@require(Permission.MONEY_EDIT)
def run_compare(request: SignedInRequest, pk: int) -> HttpResponse:
    """The settlement side by side: by the run's rule, and by another rule or assessment. Nothing is written."""
    run = _run(request, pk)
    form = CompareForm(request.GET or None, run=run)
    context = {"run": run, "head": money.run_head(run), "form": form}
    if form.is_bound and form.is_valid():
        try:
            context |= comparison(run, form.cleaned_data["cycle"], form.cleaned_data["version"])
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
    return render(request, "assessments/run_compare.html", context)


@require_POST
@require(Permission.MONEY_EDIT)
def run_simulate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Compute the prepayment or the settlement, in the place of the simulation before."""
    run = _run(request, pk)
    stage = request.POST.get("stage", "")
    form = CycleForm(request.POST, run=run)
    cycle = form.cleaned_data["cycle"] if form.is_valid() else None
    try:
        if stage not in Round.Stage.values:
            raise RuleViolation("round.stage", _("Say what is to be computed."))
        runs.simulate_round(run=run, stage=stage, cycle=cycle, by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return redirect("assessments:run_detail", pk)
    messages.success(request, _("Computed. Look at the amounts, then submit them."))
    return redirect(f"{reverse('assessments:run_detail', args=[pk])}?stage={stage}")


@require_POST
@require(Permission.MONEY_EDIT)
def run_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back an allocation that was begun by mistake."""
    run = _run(request, pk)

    def drop() -> str:
        runs.drop_run(run=run, by=request.user)
        messages.success(request, _("The allocation is dropped."))
        return reverse("assessments:money_home")

    return attempt(request, drop, "assessments:run_detail", pk)


@require_POST
@require(Permission.MONEY_EDIT)
def run_submit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask a second person for approval."""
    return _moved(
        request, pk, lambda row: runs.submit_round(row=row, by=request.user), _("A second person approves it now.")
    )


@require_POST
@require(Permission.MONEY_EDIT)
def run_review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Approve, or give back with a remark."""
    approved, note = request.POST.get("verdict") == "approve", request.POST.get("note", "")[:200]
    done = _("Approved: these amounts never change again.") if approved else _("Given back.")
    return _moved(
        request, pk, lambda row: runs.review_round(row=row, approved=approved, note=note, by=request.user), done
    )


@require_POST
@require(Permission.MONEY_EDIT)
def run_pay(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that the money was paid out."""
    return _moved(request, pk, lambda row: runs.pay_round(row=row, by=request.user), _("Noted as paid out."))


@require_POST
@require(Permission.MONEY_EDIT)
def repayment_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Enter what a unit paid back after a settlement."""
    row = get_object_or_404(Round.objects.visible_to(request.user).select_related("run__fund", "run__version"), pk=pk)
    form = RepaymentForm(request.POST, lines=_lines(request, row), day=today())

    def enter() -> str:
        data = {name: value for name, value in form.cleaned_data.items() if name != "submission"}
        enter_repayment(**data, by=request.user)
        messages.success(request, _("What was paid back is entered."))
        return f"{reverse('assessments:run_detail', args=[row.run_id])}?stage={row.stage}"

    fields = {"repayment.amount": "amount", "repayment.note": "note", "repayment.in_future": "received_on"}
    return sent(request, form, enter, fields.get) or _page(request, row.run, row.stage, form)


def _moved(request: SignedInRequest, pk: int, do: Callable[[Round], object], done: str) -> HttpResponse:
    row = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    try:
        do(row)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(f"{reverse('assessments:run_detail', args=[row.run_id])}?stage={row.stage}")


def _run(request: SignedInRequest, pk: int) -> Run:
    return get_object_or_404(Run.objects.visible_to(request.user).select_related("fund", "version"), pk=pk)


def _last_cycle(rounds: list[Round]) -> int | None:
    return next((row.cycle_id for row in reversed(rounds) if row.cycle_id), None)
