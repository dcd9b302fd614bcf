"""What payers owe and what they transferred, and how much of the public health fund reaches the service."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Sum

from assessments.models import Due, HealthFund, Line, Month, Round, Transfer
from assessments.rules.allocation import MONTHS, cents, half_up, yuan
from service_packages.models import Payer
from teams.models import User
from teams.policy import policy_on
from teams.rates import rate

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Reconciled:
    """A payer's side of a year: due by the charges of frozen months, transferred, and what is missing of it."""

    payer: Payer
    due: Decimal
    transferred: Decimal

    @property
    def missing(self) -> Decimal:
        """Still to be transferred; below zero: too much."""
        return self.due - self.transferred


@dataclass(frozen=True)
class Reach:
    """The public health fund of a year: what of it reaches the service, held against the least share in per cent."""

    year: int
    amount: Decimal
    reached: Decimal
    least: int

    @property
    def share(self) -> Decimal | None:
        """In per cent, two places."""
        return rate(cents(self.reached), cents(self.amount))

    @property
    def is_enough(self) -> bool:
        """Exactly, not as rounded."""
        return self.reached * 100 >= self.amount * self.least


def reconciled(user: User, year: int) -> list[Reconciled]:
    """Every payer with something due or transferred for months of the year; a transfer counts with its last month."""
    due: dict[str, Fraction] = defaultdict(Fraction)
    rows = Due.objects.visible_to(user).filter(
        revision__month__first_on__year=year, revision__in=Month.objects.values("current")
    )
    for payer, amount in rows.values_list("payer").annotate(Sum("a_year")):
        due[payer] = Fraction(cents(amount), MONTHS)
    given = dict(
        Transfer.objects.visible_to(user)
        .filter(to_month__year=year)
        .order_by()
        .values_list("payer")
        .annotate(Sum("amount"))
    )
    return [
        Reconciled(payer, yuan(half_up(due[payer])), given.get(payer, NOTHING))
        for payer in Payer
        if payer in given or due.get(payer)
    ]


def months_due(year: int) -> list[date]:
    """The frozen months of the year, by whose charges payers owe."""
    rows = Month.objects.filter(first_on__year=year, current__frozen_at__isnull=False)
    return list(rows.order_by("first_on").values_list("first_on", flat=True))


def reach_of(user: User, year: int) -> Reach | None:
    """How much of the year's fund reaches the service; None where nobody has entered the fund."""
    fund = HealthFund.objects.visible_to(user).filter(year=year).first()
    if fund is None:
        return None
    return Reach(year, fund.amount, _reached(year), policy_on(date(year, 12, 31))["public_health_share_least"])


def _reached(year: int) -> Decimal:
    """What approved rounds of the year's allocations take of it: settled, or prepaid where nothing is settled yet."""
    rows = Round.objects.filter(run__to_month__year=year, state__in=Round.DECIDED).order_by("run", "id")
    last = {row.run_id: row.pk for row in rows}
    borne = Line.objects.filter(round__in=last.values()).values_list("by_payer", flat=True)
    return sum((Decimal(payers.get(Payer.PUBLIC_HEALTH_FUND, "0")) for payers in borne), NOTHING)
