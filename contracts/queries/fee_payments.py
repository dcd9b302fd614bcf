"""What one payer owes for many contracts, for one payment of it all; and what payers have paid."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Count, F, Max, Min, QuerySet, Sum

from contracts.accounts import Owed
from contracts.models import Coverage, FeeEntry
from contracts.queries.fee_desk import FEE_ACCOUNTS
from contracts.queries.statements import Scope
from service_packages.models import Payer
from teams.models import User

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


def payments(user: User, scope: Scope) -> QuerySet[FeeEntry, dict[str, Any]]:
    """Payments of payers other than residents in the period, the latest first, as far as the account sees them.

    Dicts number, payer, on, reason, entered_by; entry: the id of one of its entries, contracts, amount (yuan),
    cancelled_at.
    """
    rows = FeeEntry.objects.visible_to(user).filter(kind=FeeEntry.Kind.RECEIPT).exclude(payer=Payer.RESIDENT)
    rows = rows.filter(on__range=(scope.first, scope.last), payer__in=scope.payers)
    if scope.teams is not None:
        rows = rows.filter(coverage__contract__team__in=scope.teams)
    told = rows.order_by("-on", "-number").values("number", "payer", "on", "reason", "entered_by")
    return told.annotate(
        entry=Min("pk"),
        contracts=Count("coverage__contract", distinct=True),
        amount=Sum("amount"),
        cancelled_at=Max("cancelled_at"),
    )


def paid_contracts(user: User, number: str) -> QuerySet[FeeEntry, dict[str, Any]]:
    """The contracts paid for under a number that the account sees: dicts contract, of (its
    number), team, people, amount."""
    rows = FeeEntry.objects.visible_to(user).filter(number=number).order_by("coverage__contract__number")
    told = rows.values(
        contract=F("coverage__contract"), of=F("coverage__contract__number"), team=F("coverage__contract__team__name")
    )
    return told.annotate(people=ArrayAgg("coverage__resident__name"), amount=Sum("amount"))
