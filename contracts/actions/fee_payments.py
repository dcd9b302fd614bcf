"""Receiving one payment of a payer for many contracts at once (docs/fees.md)."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from contracts.accounts import Owed, spread
from contracts.actions.ending import lock_contracts
from contracts.actions.numbers import next_receipt_number
from contracts.models import Contract, FeeEntry
from contracts.queries.fee_payments import last_entry_of, owed_by
from contracts.rules.fees import check_day, check_nothing_since, check_owed_as_seen, check_payment
from teams.clock import today
from teams.history import made_by
from teams.models import User

_ENTER = """
    insert into contracts_feeentry (
        coverage_id, amount, payer, kind, "on", number, reason, entered_on, entered_by, cancelled_by, cancelled_reason
    )
    select paid.coverage_id, paid.amount, %(payer)s, %(kind)s, %(on)s, %(number)s, %(reason)s, %(entered_on)s,
           %(entered_by)s, '', ''
    from unnest(%(coverages)s::bigint[], %(amounts)s::numeric[])
        with ordinality as paid(coverage_id, amount, place)
    order by paid.place
"""


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
) -> FeeEntry:
    """Receive `amount` yuan for the contracts (ids), the oldest due first, under one number of the payee's series.

    Gives the first of its entries; the others bear the same number.
    Contracts that the account doesn't see are left out. `seen`, `seen_owed`: the last entry's id and the sum owed when
    the split was shown. Raises RuleViolation: fee.changed_since, .owed_changed, .amount, .day, .reference, .too_much.
    """
    with made_by(by, "contracts.take_payment"):
        visible = Contract.objects.visible_to(by).filter(pk__in=contracts).values_list("pk", flat=True)
        found = lock_contracts(list(visible))
        check_nothing_since(last_entry_of(found), seen)
        lines = owed_by(payer, found, today())
        owed = sum((line.open for line in lines), Decimal("0.00"))
        check_payment(amount, owed, on=on, reference=reference)
        check_owed_as_seen(owed, seen_owed)
        parts = spread(amount, lines)
        first, *rest = (line.contract_id for line, _part in parts)
        paid = Contract.objects.select_related("team__institution")
        check_day(paid.filter(pk__in=[first, *rest]).latest("signed_on"), on)
        institution = by.institution or paid.get(pk=first).team.institution
        number = next_receipt_number(institution=institution, year=on.year)
        return _enter(parts, payer=payer, on=on, number=number, reason=reference.strip()[:200], entered_by=str(by))


def _enter(parts: Sequence[tuple[Owed, Decimal]], **same: Any) -> FeeEntry:
    """Written in one statement: a payment has thousands of entries that differ in two columns."""
    same |= {"kind": FeeEntry.Kind.RECEIPT, "entered_on": today()}
    same["coverages"] = [line.coverage_id for line, _part in parts]
    same["amounts"] = [part for _line, part in parts]
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, same)
    return FeeEntry.objects.filter(number=same["number"]).earliest("pk")
