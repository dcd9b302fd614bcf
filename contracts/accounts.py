"""What a payer owes and has paid for one coverage. Pure arithmetic (contracts.queries.accounts reads it)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from service_packages.models import Payer

# Whom money is asked of. The institution's discount is nobody's debt: it only makes the price lower.
PAYING = tuple(payer for payer in Payer.values if payer != Payer.INSTITUTION_DISCOUNT)
PAYING_CHOICES = [choice for choice in Payer.choices if choice[0] in PAYING]


@dataclass(frozen=True)
class Account:
    """One payer's account for one coverage on a day, in yuan.

    `due` has begun to be owed by the day; `payable` counts the first year too where it is still to begin; `agreed` is
    everything up to the end of the coverage. `settled`, `cash`: what was received, waived and carried (in money), less
    what was given back and carried on, whatever its day. `since`: from when on something is owed without a break.
    """

    coverage_id: int
    payer: str
    due: Decimal
    payable: Decimal
    agreed: Decimal
    received: Decimal
    waived: Decimal
    refunded: Decimal
    carried: Decimal
    settled: Decimal
    cash: Decimal
    since: date | None

    @property
    def balance(self) -> Decimal:
        """What is still owed on the day; below zero what was paid beforehand, or too much."""
        return self.due - self.received - self.waived + self.refunded + self.carried

    @property
    def open(self) -> Decimal:
        """What can be asked for now: what is owed, and the first year before it begins.

        What is carried on a later day counts on both sides already.
        """
        by_day = self.payable - self.due + self.balance
        return max(min(by_day, self.payable - self.settled, self.left), Decimal(0))

    @property
    def left(self) -> Decimal:
        """What may still be received or waived: up to the end of the coverage."""
        return max(self.agreed - self.settled, Decimal(0))

    @property
    def over(self) -> Decimal:
        """What was settled beyond everything that is owed, because the coverage ended early."""
        return max(self.settled - self.agreed, Decimal(0))

    @property
    def refundable(self) -> Decimal:
        """Of that, what was money."""
        return max(min(self.over, self.cash), Decimal(0))

    @property
    def payer_name(self) -> str:
        """The payer in words."""
        return str(Payer(self.payer).label)


@dataclass(frozen=True)
class Owed:
    """What one payer can be asked for now for one coverage, in yuan."""

    coverage_id: int
    contract_id: int
    number: str
    open: Decimal


def spread(amount: Decimal, owed: Sequence[Owed]) -> list[tuple[Owed, Decimal]]:
    """A payment over what is owed, in that order: each in full while the money lasts, the last perhaps in part."""
    parts = []
    for line in owed:
        part = min(amount, line.open)
        if part <= 0:
            break
        parts.append((line, part))
        amount -= part
    return parts
