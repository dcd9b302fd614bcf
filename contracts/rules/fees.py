"""What may be received, waived, given back and cancelled of fees (docs/fees.md). Amounts are yuan."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.accounts import Account
from contracts.models import Contract, FeeEntry
from service_packages.models import Payer
from teams.clock import today
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Kind = FeeEntry.Kind
CARRIED = (Kind.CARRIED_OUT, Kind.CARRIED_IN)
# What nobody enters and nobody cancels.
FOLLOWING = (*CARRIED, Kind.WAIVER_CUT)
CENT = Decimal("0.01")
# Account field that limits each kind of entry, code and words of the refusal.
LIMITS: Mapping[str, tuple[str, str, "StrOrPromise"]] = {
    Kind.RECEIPT: ("left", "fee.too_much", _("No more than ¥{most} is owed here, ¥{amount} was typed.")),
    Kind.WAIVER: ("left", "fee.too_much", _("No more than ¥{most} is owed here, ¥{amount} was typed.")),
    Kind.REFUND: ("refundable", "fee.not_received", _("No more than ¥{most} can be given back, ¥{amount} was typed.")),
}


def last_fee_entry(contract: Contract) -> FeeEntry | None:
    """The latest entry of the contract, cancelled or not."""
    return FeeEntry.objects.filter(coverage__contract=contract).order_by("pk").last()


def check_fees_as_seen(contract: Contract, seen: int | None) -> None:
    """Nobody has entered anything since the page was shown: `seen` is the id of the last entry then (0: none; None:
    nobody looked). The refusal names who, what and when."""
    check_nothing_since(last_fee_entry(contract), seen)


def check_nothing_since(last: FeeEntry | None, seen: int | None) -> None:
    """The same with the last entry looked up."""
    if seen is None or last is None or last.pk <= seen:
        return
    raise RuleViolation(
        "fee.changed_since",
        format_lazy(
            _("Meanwhile {who} has entered: {kind} ¥{amount} on {day}. Look at the account as it is now."),
            who=last.entered_by,
            kind=last.get_kind_display(),
            amount=last.amount,
            day=last.on,
        ),
    )


def check_entry(kind: str, amount: Decimal, account: Account | None, *, on: date, reason: str) -> None:
    """An entry has a sum, a day that is not to come, a reason where money is given away, and room in the account."""
    _check_sum(amount, on)
    if kind != Kind.RECEIPT and not reason.strip():
        raise RuleViolation("fee.reason", _("Say why."))
    _check_room(kind, amount, getattr(account, LIMITS[kind][0]) if account else Decimal("0.00"))


def check_payment(amount: Decimal, owed: Decimal, *, on: date, reference: str) -> None:
    """One payment for many contracts has a sum, a day, the payer's reference, and is no more than is owed now."""
    _check_sum(amount, on)
    if not reference.strip():
        raise RuleViolation("fee.reference", _("Type the number of the transfer or of the payer's receipt."))
    _check_room(Kind.RECEIPT, amount, owed)


def check_owed_as_seen(owed: Decimal, seen: Decimal | None) -> None:
    """What is owed in all is still what the preview said (None: nobody looked)."""
    if seen is not None and owed != seen:
        raise RuleViolation(
            "fee.owed_changed",
            format_lazy(_("Meanwhile ¥{owed} is owed, not ¥{seen}. Look at the split again."), owed=owed, seen=seen),
        )


def check_sees_whole(hidden: int) -> None:
    """A payment is cancelled by whoever sees all its contracts."""
    if hidden:
        raise RuleViolation(
            "fee.elsewhere",
            format_lazy(_("Contracts of this payment that aren't yours: {count}. Ask the bureau."), count=hidden),
        )


def _check_sum(amount: Decimal, on: date) -> None:
    if amount <= 0 or amount != amount.quantize(CENT):
        raise RuleViolation("fee.amount", _("Type a sum in yuan, above 0 and to the cent."))
    if on > today():
        raise RuleViolation("fee.day", _("The day lies in the future."))


def _check_room(kind: str, amount: Decimal, most: Decimal) -> None:
    _field, code, words = LIMITS[kind]
    if amount > most:
        raise RuleViolation(code, format_lazy(words, most=f"{most:.2f}", amount=f"{amount:.2f}"))


def check_day(contract: Contract, on: date) -> None:
    """Nothing is received before the contract was signed."""
    if on < contract.signed_on:
        raise RuleViolation(
            "fee.day", format_lazy(_("The contract was signed on {day}, later than that."), day=contract.signed_on)
        )


def check_can_cancel(entry: FeeEntry, *, reason: str, by: User | SystemAccount) -> None:
    """On the business day of the entry by whoever takes fees, later by whoever may correct them."""
    if not reason.strip():
        raise RuleViolation("fee.reason", _("Say why."))
    if entry.cancelled_at is not None:
        raise RuleViolation(
            "fee.cancelled",
            format_lazy(
                _("{who} has cancelled this entry already: {reason}"),
                who=entry.cancelled_by,
                reason=entry.cancelled_reason,
            ),
        )
    if entry.kind in CARRIED:
        raise RuleViolation("fee.carried", _("What was carried between contracts belongs to both; it stays."))
    if entry.kind == Kind.WAIVER_CUT:
        raise RuleViolation("fee.cut", _("This follows from the end of the contract, and goes with it."))
    if entry.entered_on != today() and not has_permission(by, Permission.FEE_CORRECT):
        raise RuleViolation(
            "fee.too_late",
            _("This was not entered today. Ask the bureau: an official cancels entries of earlier days."),
        )


def check_nothing_given_back(payer: str, most: Decimal) -> None:
    """After a receipt is cancelled, no more was given back or carried on than was received: `most` yuan too much."""
    if most:
        raise RuleViolation(
            "fee.given_back",
            format_lazy(
                _("¥{amount} of this was given back or carried on already ({payer}). Cancel that first."),
                amount=f"{most:.2f}",
                payer=Payer(payer).label,
            ),
        )
