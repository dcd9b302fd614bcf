"""Receiving, waiving, giving back and cancelling fees of one contract, and the printed receipt."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contracts.accounts import PAYING, Account
from contracts.actions import fees
from contracts.forms.fees import CancelForm, EntryForm, GivenForm, ReceiptForm
from contracts.models import Contract, Coverage, FeeEntry
from contracts.presenters.fees import names_of
from contracts.queries.accounts import accounts
from contracts.queries.contract import visible_contracts
from contracts.queries.fee_payments import size_of
from contracts.queries.receipts import receipt_pdf
from contracts.rules.fees import last_fee_entry
from contracts.tasks import count_fees_again
from contracts.views.papers import pdf
from service_packages.models import Payer
from teams.actions import audit
from teams.attempts import sent
from teams.clock import today
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.queue import enqueue

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
# Where a refusal stands in the form: the field that the clerk mends.
FIELDS = {"fee.day": "on", "fee.reason": "reason", "fee.amount": "amount", "fee.not_received": "amount"}


@GET_OR_POST
@never_cache
@require(Permission.FEE_EDIT)
def fee_receive(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take what members of a contract pay, the whole household under one receipt; `payer` in the address pays."""
    contract, coverages = _contract(request, pk)
    payer = _payer(request)
    every = accounts([row.pk for row in coverages], today())
    own = [account for account in every if account.payer == payer]
    form = ReceiptForm(request.POST or None, accounts=own, names=names_of(coverages), seen=_seen(contract), day=today())

    def do() -> FeeEntry:
        data = form.cleaned_data
        made = fees.take_receipt(
            contract=contract,
            amounts=form.amounts,
            on=data["on"],
            payer=payer,
            note=data["note"],
            seen=data["seen"],
            by=request.user,
        )
        return made[0]

    others = {account.payer for account in every if account.left} - {payer}
    extra = {
        "payer": Payer(payer).label,
        "payers": [(each, Payer(each).label) for each in PAYING if each in others],
        "nothing": not form.coverages,
        "total": sum(account.open for account in own),
    }
    return _answer(request, contract, form, do, _("Take receipt"), _("Received under number %(number)s."), extra)


@GET_OR_POST
@never_cache
@require(Permission.FEE_EDIT)
def fee_waive(request: SignedInRequest, pk: int) -> HttpResponse:
    """Waive what somebody owes, with the reason."""
    contract, coverages = _contract(request, pk)
    found = _limited(coverages, lambda account: account.left)
    form = GivenForm(request.POST or None, accounts=found, names=names_of(coverages), seen=_seen(contract), day=today())
    extra = {"nothing": not found}
    return _answer(
        request,
        contract,
        form,
        _giving(request, form, fees.waive_fee),
        _("Waive a fee"),
        _("The fee is waived."),
        extra,
    )


@GET_OR_POST
@never_cache
@require(Permission.FEE_EDIT)
def fee_refund(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give back what is owed no longer, as the policy proposes."""
    contract, coverages = _contract(request, pk)
    found = _limited(coverages, lambda account: account.refundable)
    ended = {row.pk: row for row in coverages}
    reason = ended[found[0][0].coverage_id].reason_words if found else ""
    form = GivenForm(
        request.POST or None,
        accounts=found,
        names=names_of(coverages),
        seen=_seen(contract),
        day=today(),
        reason=reason,
    )
    extra = {"nothing": not found, "is_refund": True}
    return _answer(
        request,
        contract,
        form,
        _giving(request, form, fees.refund),
        _("Give money back"),
        _("The money is given back."),
        extra,
    )


@GET_OR_POST
@never_cache
@require(Permission.FEE_READ)
def fee_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cancel an entry with its reason: on its day by a clerk, later by an official."""
    if not any(has_permission(request.user, each) for each in (Permission.FEE_EDIT, Permission.FEE_CORRECT)):
        raise PermissionDenied(Permission.FEE_CORRECT.value)
    entry = _entry(request, pk)
    form = CancelForm(request.POST or None, seen=0)

    def do() -> FeeEntry:
        fees.cancel_entry(entry=entry, reason=form.cleaned_data["reason"], by=request.user)
        if entry.number and entry.payer != Payer.RESIDENT:
            enqueue(count_fees_again, entry.pk)
        return entry

    extra: dict[str, Any] = {"entry": entry, "is_danger": True}
    if entry.number:
        extra["contracts"], extra["sum"] = size_of(entry.number)
        if extra["contracts"] > 1 or entry.payer != Payer.RESIDENT:
            extra["back"] = reverse("contracts:fee_payment_detail", args=[entry.pk])
    return _answer(request, entry.coverage.contract, form, do, _("Cancel entry"), _("The entry is cancelled."), extra)


@require_safe
@never_cache
@require(Permission.FEE_READ)
def fee_receipt(request: SignedInRequest, pk: int) -> FileResponse:
    """The receipt as PDF, to print."""
    entry = _entry(request, pk)
    if not entry.number:
        raise Http404
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"receipt of contract {entry.coverage.contract_id}")
    return pdf(receipt_pdf(entry), f"{entry.number}.pdf")


def _contract(request: SignedInRequest, pk: int) -> tuple[Contract, list[Coverage]]:
    contract = get_object_or_404(visible_contracts(request.user), pk=pk)
    return contract, list(contract.coverages.select_related("resident").order_by("-resident__is_head", "resident_id"))


def _entry(request: SignedInRequest, pk: int) -> FeeEntry:
    rows = FeeEntry.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("coverage__contract__representative", "coverage__resident"), pk=pk)


def _payer(request: SignedInRequest) -> str:
    asked = request.GET.get("payer", "")
    return asked if asked in PAYING else Payer.RESIDENT.value


def _seen(contract: Contract) -> int:
    last = last_fee_entry(contract)
    return last.pk if last else 0


def _limited(coverages: list[Coverage], most: Callable[[Account], Any]) -> list[tuple[Account, Any]]:
    """Accounts with room, each with how much; the resident's own come first."""
    found = [(account, most(account)) for account in accounts([row.pk for row in coverages], today()) if most(account)]
    return sorted(found, key=lambda pair: pair[0].payer != Payer.RESIDENT)


def _giving(request: SignedInRequest, form: GivenForm, act: Callable[..., FeeEntry]) -> Callable[[], FeeEntry]:
    def do() -> FeeEntry:
        data, (coverage, payer) = form.cleaned_data, form.chosen
        fields = {name: data[name] for name in ("amount", "on", "reason", "seen")}
        row = Coverage.objects.visible_to(request.user).select_related("contract").get(pk=coverage)
        return act(coverage=row, payer=payer, by=request.user, **fields)

    return do


def _answer(
    request: SignedInRequest,
    contract: Contract,
    form: EntryForm,
    do: Callable[[], FeeEntry],
    title: str,
    done: str,
    extra: dict[str, Any],
) -> HttpResponse:
    """The page of an entry; when its form was sent and nothing stands against it, back to the contract's fees."""
    back = extra.get("back") or reverse("contracts:contract_detail", args=[contract.pk]) + "#fees"

    def enter() -> str:
        entry = do()
        messages.success(request, done % {"number": entry.number})
        return back

    if response := sent(request, form, enter, FIELDS.get):
        return response
    context = {**extra, "form": form, "contract": contract, "title": title, "back": back}
    return render(request, "contracts/fee_entry.html", context)
