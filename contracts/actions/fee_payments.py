"""Receiving one payment of a payer for many contracts at once (docs/fees.md)."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from contracts.accounts import Owed, spread
from contracts.actions.ending import lock_contracts
from contracts.actions.numbers import next_receipt_number
from contracts.models import Contract, FeeEntry
from contracts.queries.fee_payments import last_entry_of, owed_by
from contracts.rules.fees import check_day, check_nothing_since, check_owed_as_seen, check_payment
from teams.clock import today
from teams.history import made_by
from teams.models import User


@transaction.atomic
def take_payment(
    *,
    contracts: Collection[int],
    payer: str,
    amount: Decimal,
    on: date,
    reference: str,
    seen: int | None = None,
    seen_owed: Decimal | None = None,
    by: User,
) -> list[FeeEntry]:
    """Receive `amount` yuan for the contracts (ids), the oldest due first, under one number of the payee's series.

    Contracts that the account doesn't see are left out. `seen`, `seen_owed`: the last entry's id and the sum owed when
    the split was shown. Raises RuleViolation: fee.changed_since, .owed_changed, .amount, .day, .reference, .too_much.
    """
    with made_by(by, "contracts.take_payment"):
        visible = Contract.objects.visible_to(by).filter(pk__in=contracts).values_list("pk", flat=True)
        found = {contract.pk: contract for contract in lock_contracts(list(visible))}
        check_nothing_since(last_entry_of(found), seen)
        lines = owed_by(payer, found, today())
        owed = sum((line.open for line in lines), Decimal("0.00"))
        check_payment(amount, owed, on=on, reference=reference)
        check_owed_as_seen(owed, seen_owed)
        parts = spread(amount, lines)
        paid = [found[line.contract_id] for line, _part in parts]
        check_day(max(paid, key=lambda contract: contract.signed_on), on)
        number = next_receipt_number(institution=by.institution or paid[0].team.institution, year=on.year)
        same = {"payer": payer, "on": on, "number": number, "reason": reference.strip()[:200]}
        return _enter(parts, by, **same)


def _enter(parts: Sequence[tuple[Owed, Decimal]], by: User, **same: Any) -> list[FeeEntry]:
    entered = {"kind": FeeEntry.Kind.RECEIPT, "entered_on": today(), "entered_by": str(by)}
    rows = [FeeEntry(coverage_id=line.coverage_id, amount=part, **entered, **same) for line, part in parts]
    return FeeEntry.objects.bulk_create(rows, batch_size=1000)
