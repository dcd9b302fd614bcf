"""What packages cost and who pays, before anything is signed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from contracts.actions.packages import PAYERS, SQL, payer_parameters
from residents.models import Resident
from service_packages.models import PackageVersion, Payer

PREVIEW_PRICES = (SQL / "preview_prices.sql").read_text() + PAYERS
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Fees:
    """Yuan a year: `by_member` is resident id -> payer -> amount, payers in the order of `Payer`."""

    by_member: dict[int, dict[str, Decimal]]

    @property
    def by_payer(self) -> dict[str, Decimal]:
        """Payer -> sum over the members; payers who bear nothing are absent."""
        sums = {
            payer: sum((shares.get(payer, NOTHING) for shares in self.by_member.values()), NOTHING)
            for payer in Payer.values
        }
        return {payer: amount for payer, amount in sums.items() if amount}

    @property
    def payers(self) -> list[Payer]:
        """Those who bear something."""
        return [Payer(payer) for payer in self.by_payer]

    @property
    def total(self) -> Decimal:
        """The sum of everything."""
        return sum(self.by_payer.values(), NOTHING)


def preview_fees(*, members: Mapping[Resident, Sequence[PackageVersion]], start_on: date) -> Fees:
    """Who would pay how much a year if these members signed for these packages from `start_on` on.

    The same text decides it that charges them when they sign (sql/payers.sql).
    """
    pairs = [(member.pk, version.pk) for member, versions in members.items() for version in versions]
    by_member: dict[int, dict[str, Decimal]] = {member.pk: {} for member in members}
    if not pairs:
        return Fees(by_member)
    residents, versions = map(list, zip(*pairs, strict=True))
    parameters = payer_parameters([start_on])
    with connection.cursor() as cursor:
        cursor.execute(PREVIEW_PRICES, {**parameters, "residents": residents, "versions": versions, "start": start_on})
        rows = cursor.fetchall()
    found: dict[tuple[int, str], Decimal] = defaultdict(lambda: NOTHING)
    for place, payer, amount in rows:
        found[residents[place - 1], payer] += amount
    for (resident, payer), amount in sorted(found.items(), key=lambda item: Payer.values.index(item[0][1])):
        by_member[resident][payer] = amount
    return Fees(by_member)
