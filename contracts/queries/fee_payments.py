"""What one payer owes for many contracts, for one payment of it all."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Max, Sum

from contracts.accounts import Owed
from contracts.models import Coverage, FeeEntry
from contracts.queries.fee_desk import FEE_ACCOUNTS

# The oldest due first, then the lower number of the contract; what is still to begin comes last.
_OWED = f"""
    select a.coverage_id, a.contract_id, k.number, a.open
    from ({FEE_ACCOUNTS}) a
    join contracts_contract k on k.id = a.contract_id
    where a.payer = %(payer)s and a.open > 0
    order by a.since nulls last, k.number, k.id, a.coverage_id
"""


def owed_by(payer: str, contracts: Collection[int], day: date) -> list[Owed]:
    """What the payer can be asked for now for members of the contracts (ids), in the order in which it is paid."""
    coverages = list(Coverage.objects.filter(contract__in=contracts).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_OWED, {"coverages": coverages, "day": day, "payer": payer, "payers": [payer]})
        return [Owed(*row) for row in cursor.fetchall()]


def last_entry_of(contracts: Collection[int]) -> FeeEntry | None:
    """The latest entry of any of the contracts, cancelled or not."""
    last = FeeEntry.objects.filter(coverage__contract__in=contracts).aggregate(last=Max("pk"))["last"]
    return FeeEntry.objects.filter(pk=last).first()


def size_of(number: str) -> tuple[int, Decimal]:
    """Contracts that were paid for under a receipt's number, and the sum in yuan."""
    found = FeeEntry.objects.filter(number=number).aggregate(
        contracts=Count("coverage__contract", distinct=True), amount=Sum("amount", default=Decimal("0.00"))
    )
    return found["contracts"], found["amount"]
