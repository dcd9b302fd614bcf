"""What the coverages of a random district owe, and what was paid of it, whether it fits together or not."""

from decimal import Decimal
from itertools import pairwise

from contracts.models import Charge, Contract, Coverage, CoveragePackage, FeeEntry
from teams.models import PolicyValue
from tests.reference.chance import Chance

PAYERS = ("resident", "public_health_fund", "medical_insurance", "institution_discount")
KINDS = ("receipt", "receipt", "receipt", "waiver", "refund", "carried_in", "carried_out")
AMOUNTS = tuple(map(Decimal, ("0.01", "0.05", "0.10", "7.77", "20.00", "39.99", "40.00", "100.00")))


def write_fees(chance: Chance) -> None:
    """Charges with odd shares, contracts that follow others, entries of every kind, and policies that change."""
    rng = chance.rng
    contracts = list(Contract.objects.order_by("pk"))
    for before, contract in pairwise(contracts):
        if chance.chance(0.3):
            contract.previous, contract.origin = before, rng.choice(("renewal", "team_change", "handover"))
            contract.save(update_fields=["previous", "origin"])
    for coverage in Coverage.objects.exclude(terminated_on=None).order_by("pk"):
        if chance.chance(0.4):
            Coverage.objects.filter(pk=coverage.pk).update(termination_reason=Coverage.Reason.CHANGED)
    Charge.objects.bulk_create(
        Charge(held=held, payer=payer, amount=rng.choice((Decimal(0), *AMOUNTS)))
        for held in CoveragePackage.objects.order_by("pk")
        if chance.chance(0.7)
        for payer in rng.sample(PAYERS, rng.randint(1, len(PAYERS)))
    )
    _write_entries(chance)
    for code in ("unpaid_in_force", "refund_unused_months"):
        if chance.chance(0.4):
            days = sorted({chance.near(), chance.near()})
            PolicyValue.objects.bulk_create(
                PolicyValue(code=code, value=place, from_on=day) for place, day in enumerate(days)
            )


def _write_entries(chance: Chance) -> None:
    rng, entries = chance.rng, []
    for coverage in Coverage.objects.order_by("pk"):
        for _ in range(rng.choice((0, 0, 1, 2, 5))):
            kind, is_cancelled = rng.choice(KINDS), chance.chance(0.1)
            entries.append(
                FeeEntry(
                    coverage=coverage,
                    payer=rng.choice(PAYERS[:3]),
                    kind=kind,
                    amount=rng.choice(AMOUNTS),
                    on=chance.near(coverage.start_on, coverage.end_on, *chance.notable),
                    number=chance.code("R") if kind == "receipt" else "",
                    reason="because",
                    entered_on=coverage.start_on,
                    entered_by="somebody",
                    **(
                        {"cancelled_at": "2018-01-01T00:00Z", "cancelled_by": "x", "cancelled_reason": "y"}
                        if is_cancelled
                        else {}
                    ),
                )
            )
    FeeEntry.objects.bulk_create(entries)
