"""Entering what is paid, waived and given back of fees, and cancelling it (docs/fees.md).

Every entry locks the contract: the second of two reads what the first has entered.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.accounts import Account
from contracts.actions.ending import lock_contract, lock_contracts
from contracts.actions.numbers import next_receipt_number
from contracts.actions.waivers import fit_waivers
from contracts.models import Contract, Coverage, FeeEntry
from contracts.queries.accounts import accounts_of, overdrawn
from contracts.rules.fees import (
    check_can_cancel,
    check_day,
    check_entry,
    check_fees_as_seen,
    check_nothing_given_back,
    check_sees_whole,
)
from service_packages.models import Payer
from teams.clock import today
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.rules import RuleViolation

By = User | SystemAccount
Kind = FeeEntry.Kind


@dataclass(frozen=True)
class _Book:
    """A contract's accounts while it is locked, and whoever writes into them."""

    contract: Contract
    by: By

    def account(self, coverage_id: int, payer: str) -> Account | None:
        """The account as it stands now."""
        rows = accounts_of(self.contract, today())
        return next((row for row in rows if (row.coverage_id, row.payer) == (coverage_id, payer)), None)

    def enter(self, coverage_id: int, payer: str, kind: str, amount: Decimal, on: date, **fields: str) -> FeeEntry:
        """Write one entry down; whether it is right was checked."""
        return FeeEntry.objects.create(
            coverage_id=coverage_id,
            payer=payer,
            kind=kind,
            amount=amount,
            on=on,
            entered_on=today(),
            entered_by=str(self.by),
            **fields,
        )


@transaction.atomic
def take_receipt(
    *,
    contract: Contract,
    amounts: Mapping[int, Decimal],
    on: date,
    payer: str = Payer.RESIDENT,
    note: str = "",
    seen: int | None = None,
    by: By,
) -> list[FeeEntry]:
    """Receive money for members of a contract, coverage id -> yuan, under one receipt number.

    Raises RuleViolation: fee.changed_since, .nothing, .stranger, .amount, .day, .too_much.
    """
    with made_by(by, "contracts.take_receipt"):
        book = _open(contract, seen, amounts, by)
        check_day(book.contract, on)
        found = {(row.coverage_id, row.payer): row for row in accounts_of(book.contract, today())}
        for coverage, amount in amounts.items():
            check_entry(Kind.RECEIPT, amount, found.get((coverage, payer)), on=on, reason=note)
        number = next_receipt_number(institution=book.contract.team.institution, year=on.year)
        return [
            book.enter(coverage, payer, Kind.RECEIPT, amount, on, number=number, reason=note.strip()[:200])
            for coverage, amount in sorted(amounts.items())
        ]


@transaction.atomic
def waive_fee(
    *,
    coverage: Coverage,
    amount: Decimal,
    reason: str,
    on: date,
    payer: str = Payer.RESIDENT,
    seen: int | None = None,
    by: By,
) -> FeeEntry:
    """Owe less, for a reason. Raises RuleViolation: fee.changed_since, .amount, .day, .reason, .too_much."""
    with made_by(by, "contracts.waive_fee"):
        book = _open(coverage.contract, seen, [coverage.pk], by)
        check_entry(Kind.WAIVER, amount, book.account(coverage.pk, payer), on=on, reason=reason)
        return book.enter(coverage.pk, payer, Kind.WAIVER, amount, on, reason=reason.strip()[:200])


@transaction.atomic
def refund(
    *,
    coverage: Coverage,
    amount: Decimal,
    reason: str,
    on: date,
    payer: str = Payer.RESIDENT,
    seen: int | None = None,
    by: By,
) -> FeeEntry:
    """Give money back that is owed no longer, never more than was received.

    Raises RuleViolation: fee.changed_since, .amount, .day, .reason, .not_received.
    """
    with made_by(by, "contracts.refund"):
        book = _open(coverage.contract, seen, [coverage.pk], by)
        check_entry(Kind.REFUND, amount, book.account(coverage.pk, payer), on=on, reason=reason)
        return book.enter(coverage.pk, payer, Kind.REFUND, amount, on, reason=reason.strip()[:200])


@transaction.atomic
def cancel_entry(*, entry: FeeEntry, reason: str, by: By) -> None:
    """Take an entry out of the accounts; it stays, with who cancelled it and why.

    A receipt is cancelled as a whole, a payment for many contracts in all of them.
    Raises RuleViolation: fee.reason, .cancelled, .carried, .too_late, .given_back, .elsewhere.
    """
    with made_by(by, "contracts.cancel_fee"):
        same = FeeEntry.objects.filter(number=entry.number) if entry.number else FeeEntry.objects.filter(pk=entry.pk)
        contracts = lock_contracts(list(same.values_list("coverage__contract", flat=True)))
        check_sees_whole(
            len(contracts) - same.visible_to(by).aggregate(n=Count("coverage__contract", distinct=True))["n"]
        )
        # Of one number all are of one kind and day, and stand or are cancelled together.
        check_can_cancel(same.get(pk=entry.pk), reason=reason, by=by)
        _cancel(same, reason, by)
        coverages = list(same.values_list("coverage", flat=True))
        fit_waivers(coverages=coverages, by=by)
        check_nothing_given_back(entry.payer, overdrawn(coverages, entry.payer))


def carry_over(*, contract: Contract, following: Contract, on: date, by: By) -> None:
    """Carry on to a following contract what was settled beyond what the old one still owes; part of the change.

    Money goes over as money. What was waived of the rest is waived anew there; here `fit_waivers` takes it off.
    """
    if not FeeEntry.objects.standing().filter(coverage__contract=contract).exists():
        return
    heirs = dict(following.coverages.values_list("resident", "pk"))
    to = {
        key: heirs[resident] for key, resident in contract.coverages.values_list("pk", "resident") if resident in heirs
    }
    book = _Book(contract, by)
    owed = {(row.coverage_id, row.payer): row.left for row in accounts_of(following, on)}
    for account in accounts_of(contract, on):
        heir = to.get(account.coverage_id)
        if heir is None or not account.over:
            continue
        if account.refundable:
            book.enter(account.coverage_id, account.payer, Kind.CARRIED_OUT, account.refundable, on)
            book.enter(heir, account.payer, Kind.CARRIED_IN, account.refundable, on)
        waived = min(account.over - account.refundable, owed.get((heir, account.payer), Decimal(0)))
        _carry_waivers(book, account, heir, waived, on=on)


def _carry_waivers(book: _Book, account: Account, heir: int, amount: Decimal, *, on: date) -> None:
    rows = FeeEntry.objects.standing().filter(coverage=account.coverage_id, payer=account.payer, kind=Kind.WAIVER)
    for waiver in rows.order_by("-pk"):
        moved = min(amount, waiver.amount)
        if not moved:
            return
        book.enter(heir, account.payer, Kind.WAIVER, moved, on, reason=waiver.reason)
        amount -= moved


def _open(contract: Contract, seen: int | None, coverages: Collection[int], by: By) -> _Book:
    """The contract locked; what is entered is for members of it."""
    book = _Book(lock_contract(contract), by)
    check_fees_as_seen(book.contract, seen)
    if not coverages:
        raise RuleViolation("fee.nothing", _("Type a sum for at least one member."))
    _check_members(book.contract, coverages)
    return book


def _check_members(contract: Contract, coverages: Iterable[int]) -> None:
    if set(coverages) - set(contract.coverages.values_list("pk", flat=True)):
        raise RuleViolation("fee.stranger", _("The contract does not cover this person."))


def _cancel(entries: QuerySet[FeeEntry], reason: str, by: By) -> None:
    entries.update(cancelled_at=timezone.now(), cancelled_by=str(by), cancelled_reason=reason.strip()[:200])
