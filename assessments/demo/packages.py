"""The district's catalogue of packages, and who holds which."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from assessments.demo.figures import PlaceFacts
from assessments.demo.registers import (
    AILING,
    CHILD,
    DIABETES,
    DISABLED,
    ELDERLY,
    HYPERTENSION,
    MATERNAL,
    MENTAL,
    SPECIAL,
    TUBERCULOSIS,
)
from service_packages.models import Item, Package, PackageItem, PackageVersion, Payer, PayerShare

# Which priced package a member of a key population gets: the first that fits.
CHOICE = (
    (TUBERCULOSIS, ("TB",)),
    (MENTAL, ("SMD",)),
    (MATERNAL, ("MAT",)),
    (AILING, ("HTN", "DM")),
    (HYPERTENSION, ("HTN",)),
    (DIABETES, ("DM",)),
    (CHILD, ("CHI",)),
    (ELDERLY, ("ELD",)),
    (DISABLED, ("DIS",)),
    (SPECIAL, ("SPF",)),
)
EXTRA_ELDERLY = 0.25  # share of elderly patients who hold the package of the elderly too


@dataclass(frozen=True)
class Offer:
    """A version that contracts hold: its price, and what each payer owes, for low-income people otherwise."""

    version: PackageVersion
    price: Decimal
    shares: dict[str, Decimal]
    shares_low_income: dict[str, Decimal]


class Catalogue:
    """Saves items, packages, prices and payer shares; `offers` by the last part of the package's code."""

    def __init__(self, facts: PlaceFacts) -> None:
        self.offers: dict[str, Offer] = {}
        self.items: dict[str, Item] = {}
        for row in facts.facts["packages"]:
            self._add(row)

    def choose(self, flags: int, rng: Random, *, pays: bool) -> list[str]:
        """The packages that somebody with those key populations holds: the basic one, and a priced one who pays."""
        chosen = ["BASE"]
        if pays:
            priced = next((names for mask, names in CHOICE if flags & mask == mask), ("GEN",))
            chosen += priced
            if priced[0] in ("HTN", "DM") and flags & ELDERLY and rng.random() < EXTRA_ELDERLY:
                chosen.append("ELD")
        return chosen

    def _add(self, row: dict) -> None:
        version = PackageVersion.objects.create(
            package=Package.objects.create(code=row["code"]),
            number=1,
            name=row["name"],
            tier=row.get("tier", PackageVersion.Tier.PERSONALISED),
            categories=row.get("categories", []),
            annual_price=Decimal(row["price"]) if "price" in row else None,
        )
        for code, name, kind, times, price in row["items"]:
            self.items[code] = Item.objects.create(code=code, name=name, kind=kind)
            PackageItem.objects.create(
                version=version, item=self.items[code], times_per_year=times, unit_price=Decimal(price)
            )
        offer = Offer(version, version.price, *_shares(row))
        for category, shares in (("", offer.shares), ("low_income", offer.shares_low_income)):
            if shares != offer.shares or not category:
                PayerShare.objects.bulk_create(
                    PayerShare(version=version, category=category, payer=payer, amount=amount)
                    for payer, amount in shares.items()
                )
        self.offers[row["code"].rpartition("-")[2]] = offer


def _shares(row: dict) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Who pays how much, and for low-income people: poverty relief bears the resident's share (rules.md 6)."""
    shares = {payer: Decimal(amount) for payer, amount in row.get("payers", {}).items()}
    relieved = {
        Payer.POVERTY_RELIEF.value if payer == Payer.RESIDENT else payer: amount for payer, amount in shares.items()
    }
    return shares, relieved
