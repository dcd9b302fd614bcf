"""What payers owe and have paid for coverages: the accounts that fee pages show and actions check."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django.db import connection
from django.db.models import Q, Sum

from contracts.accounts import PAYING, Account
from contracts.models import Charge, Contract, Coverage, FeeEntry
from service_packages.models import Payer

ACCOUNTS = (Path(__file__).parents[1] / "sql" / "accounts.sql").read_text()
UNPAID = """
    select distinct coverage_id from contracts_unpaid
    where payer = 'resident' and from_on <= %s and (to_on is null or to_on > %s)
"""


def accounts(coverage_ids: Collection[int], day: date) -> list[Account]:
    """The accounts of the coverages, a coverage's payers in the order of `Payer`."""
    with connection.cursor() as cursor:
        cursor.execute(
            ACCOUNTS,
            {"coverages": list(coverage_ids), "day": day, "payers": list(PAYING)},
        )
        found = [Account(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda row: (row.coverage_id, _place(row.payer)))


def accounts_of(contract: Contract, day: date) -> list[Account]:
    """The accounts of all members of a contract."""
    return accounts(list(contract.coverages.values_list("pk", flat=True)), day)


def overdrawn(coverage_ids: Collection[int], payer: str) -> Decimal:
    """Yuan that were given back or carried on beyond what was received, for the coverage with most of it; or 0."""
    kind = FeeEntry.Kind
    rows = FeeEntry.objects.standing().filter(coverage__in=coverage_ids, payer=payer).order_by().values("coverage")
    given, taken = (
        Sum("amount", filter=Q(kind__in=kinds), default=Decimal("0.00"))
        for kinds in ((kind.REFUND, kind.CARRIED_OUT), (kind.RECEIPT, kind.CARRIED_IN))
    )
    beyond = rows.annotate(beyond=given - taken).filter(beyond__gt=0)
    return max(beyond.values_list("beyond", flat=True), default=Decimal("0.00"))


def coverages_of(teams: Sequence[int]) -> list[int]:
    """Ids of the coverages signed with the teams that cost anybody anything."""
    charged = Charge.objects.filter(amount__gt=0, held__coverage__team__in=teams)
    paid = FeeEntry.objects.filter(coverage__team__in=teams)
    return list(charged.values_list("held__coverage", flat=True).union(paid.values_list("coverage", flat=True)))


def is_out_of_force_unpaid(coverage: Coverage, day: date, policy: Mapping[str, int]) -> bool:
    """Whether the coverage doesn't count on the day because the resident's share is not settled (docs/rules.md,
    reading 50). Nothing is looked up as long as the policy counts unpaid contracts."""
    if policy["unpaid_in_force"]:
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"{UNPAID} and coverage_id = %s", [day, day, coverage.pk])
        return cursor.fetchone() is not None


def unpaid_coverages(day: date) -> list[int]:
    """Ids of all coverages whose resident had not settled on the day what was owed by then, whatever the policy."""
    with connection.cursor() as cursor:
        cursor.execute(UNPAID, [day, day])
        return [key for (key,) in cursor.fetchall()]


@lru_cache(maxsize=32)
def _place(payer: str) -> int:
    return Payer.values.index(payer)
