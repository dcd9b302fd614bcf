"""The district's catalogue of packages, and who holds which."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from assessments.actions.policies import load_catalogue
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
from assessments.policy_files import Policy
from service_packages.models import Item, PackageVersion
from service_packages.rules import shares_by_category

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
    """Loads the catalogue of the place's policies; `offers` by the last part of the package's code."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        for policy in policies:
            load_catalogue(policy=policy)
        offered = PackageVersion.objects.filter(status=PackageVersion.Status.PUBLISHED)
        self.offers = {
            version.package.code.rpartition("-")[2]: _offer(version)
            for version in offered.select_related("package").prefetch_related("items", "shares")
        }
        self.items = Item.objects.in_bulk(field_name="code")

    def choose(self, flags: int, rng: Random, *, pays: bool) -> list[str]:
        """The packages that somebody with those key populations holds: the basic one, and one of those on offer who
        pays."""
        chosen = ["BASE"]
        if pays:
            priced = next((names for mask, names in CHOICE if flags & mask == mask), ("GEN",))
            chosen += priced
            if priced[0] in ("HTN", "DM") and flags & ELDERLY and rng.random() < EXTRA_ELDERLY:
                chosen.append("ELD")
        return [name for name in chosen if name in self.offers]


def _offer(version: PackageVersion) -> Offer:
    shares = shares_by_category(version)
    everyone = shares.get("", {})
    return Offer(version, version.price, everyone, shares.get("low_income", everyone))
