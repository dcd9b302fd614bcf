"""Payments of payers for many contracts at once: recording one for those that the fee desk shows, and looking at it."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contracts.accounts import Owed, spread
from contracts.actions.fee_payments import take_payment
from contracts.forms.fees import DeskForm, PaymentForm, PaymentsForm
from contracts.models import FeeEntry
from contracts.presenters.fees import may_cancel
from contracts.queries.fee_desk import DeskLine, desk
from contracts.queries.fee_payments import last_entry_of, owed_by, paid_contracts, payments, size_of
from contracts.queries.statements import scope_of
from contracts.rules.fees import check_payment
from contracts.tasks import count_fees_again
from service_packages.models import Payer
from teams.actions import audit
from teams.actions.submissions import once
from teams.clock import today
from teams.leaving import left
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.policy import policy_on
from teams.queue import enqueue
from teams.rules import RuleViolation

A_PAGE = 50
# A payment is printed: few pages, and none that takes the browser long.
PAID_A_PAGE = 500
FIELDS = {"fee.day": "on", "fee.amount": "amount", "fee.too_much": "amount", "fee.reference": "reference"}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require(Permission.FEE_PAYMENT)
def fee_payment(request: SignedInRequest) -> HttpResponse:
    """Type the payment, look at its split, enter it; residents pay contract by contract."""
    chosen = DeskForm(request.user, request.GET)
    if chosen.asked_payer == Payer.RESIDENT:
        raise Http404
    owing = _owing(chosen)
    contracts = [line.contract_id for line in owing]
    last = last_entry_of(contracts)
    seen, owed, count = last.pk if last else 0, sum((line.open for line in owing), Decimal("0.00")), len(owing)
    form = PaymentForm(request.POST or None, owed=owed, seen=seen, day=today())
    if answer := left(request, form):
        return answer
    preview = None
    if form.is_bound:
        enter = partial(_enter, request, form, chosen.asked_payer, contracts)
        if form.is_valid() and form.is_previewed and (entered := _try(form, enter)):
            return redirect(entered)
        # What the worker counted is enough to begin with; the split is of this moment.
        lines = owed_by(chosen.asked_payer, contracts, today())
        owed, count = _sum(lines), _count(lines)
        _try(form, lambda: _check(form, owed))
        preview = None if form.errors else _preview(form.cleaned_data["amount"], lines)
        form.show(owed=owed, seen=seen)
    context = {
        "form": form,
        "payer": Payer(chosen.asked_payer).label,
        "owed": owed,
        "count": count,
        "preview": preview,
        "back": _back(chosen),
    }
    return render(request, "contracts/fee_payment.html", context)


@require_safe
@never_cache
@require(Permission.FEE_READ)
def fee_payment_list(request: SignedInRequest) -> HttpResponse:
    """What payers have paid, the latest first; whoever sees no people sees the statement."""
    if not request.user.scope.identities:
        return redirect("contracts:fee_statement")
    form = PaymentsForm(request.user, request.GET, day=today())
    page = Paginator(payments(request.user, scope_of(request.user, **form.scope)), A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "form": form,
        "page": page,
        "rows": [{**row, "payer_name": Payer(row["payer"]).label} for row in page.object_list],
        "may_record": has_permission(request.user, Permission.FEE_PAYMENT),
    }
    return render(request, "contracts/fee_payment_list.html", context)


@require_safe
@never_cache
@require(Permission.FEE_READ)
def fee_payment_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One payment with the contracts it was for; `pk` is any of its entries."""
    rows = FeeEntry.objects.visible_to(request.user).exclude(number="")
    entry = get_object_or_404(rows, pk=pk)
    seen = paid_contracts(request.user, entry.number)
    page = Paginator(seen, PAID_A_PAGE).get_page(request.GET.get("page"))
    contracts, amount = size_of(entry.number)
    audit.record(kind=AuditEvent.Kind.PEOPLE, by=request.user, what=f"payment page {page.number}")
    context = {
        "entry": entry,
        "page": page,
        "contracts": contracts,
        "amount": amount,
        "hidden": contracts - page.paginator.count,
        "may_cancel": may_cancel(entry, request.user) and contracts == page.paginator.count,
    }
    return render(request, "contracts/fee_payment_detail.html", context)


def _owing(chosen: DeskForm) -> list[DeskLine]:
    """The contracts that the desk shows with those filters and that owe anything."""
    found = desk(chosen.teams, chosen.asked_payer, chosen.asked_standing, today(), policy_on(today()))
    return [line for line in found.lines if line.open]


def _try(form: PaymentForm, act: Callable[[], str | None]) -> str | None:
    """What it gives, or nothing and its refusal in the form."""
    try:
        return act()
    except RuleViolation as refusal:
        form.add_error(FIELDS.get(refusal.code), str(refusal))
    return None


def _check(form: PaymentForm, owed: Decimal) -> None:
    if not form.errors:
        check_payment(form.cleaned_data["amount"], owed, on=form.cleaned_data["on"], reference="-")


def _enter(request: SignedInRequest, form: PaymentForm, payer: str, contracts: Sequence[int]) -> str:
    """Where it leads to enter what was shown, however often it is sent."""
    data = form.cleaned_data

    def enter() -> str:
        made = take_payment(
            contracts=contracts,
            payer=payer,
            amount=data["amount"],
            on=data["on"],
            reference=data["reference"],
            seen=data["seen"],
            seen_owed=data["owed"],
            by=request.user,
        )
        enqueue(count_fees_again, made.pk)
        told = {"sum": f"{data['amount']:.2f}", "number": made.number}
        messages.success(request, _("¥%(sum)s received under number %(number)s.") % told)
        return reverse("contracts:fee_payment_detail", args=[made.pk])

    return once(key=data["submission"], by=request.user, do=enter)


def _preview(amount: Decimal, lines: Sequence[Owed]) -> dict[str, Any]:
    """What the payment settles: `paid` contracts get money, `last` the one that is paid in part, `left` stays open."""
    parts = spread(amount, lines)
    last, part = parts[-1]
    return {
        "amount": amount,
        "paid": _count([line for line, _part in parts]),
        "last": last if part < last.open else None,
        "part": part,
        "left": _sum(lines) - amount,
    }


def _sum(lines: Sequence[Owed]) -> Decimal:
    return sum((line.open for line in lines), Decimal("0.00"))


def _count(lines: Sequence[Owed]) -> int:
    return len({line.contract_id for line in lines})


def _back(chosen: DeskForm) -> str:
    return f"{reverse('contracts:fee_list')}?{chosen.address}"
