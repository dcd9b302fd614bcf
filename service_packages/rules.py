"""What may be done with packages and their payer shares (docs/rules.md 6)."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from residents.categories import GROUP_NAMES, categories
from service_packages.models import PackageVersion, Payer
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation

CENT = Decimal("0.01")
HIGHEST_AMOUNT = Decimal("99999999.99")
MOST_TIMES_A_YEAR = 366


class ItemLine(NamedTuple):
    """An item as a package lists it; code, name and kind are the item's own, shared by all packages."""

    code: str
    name: str
    kind: str
    times_per_year: int
    unit_price: Decimal = Decimal("0.00")


def check_can_edit_catalogue(by: User | SystemAccount) -> None:
    """Packages and their prices are the bureau's policy: administrators only."""
    if not has_permission(by, Permission.CATALOGUE_EDIT):
        raise RuleViolation("package.not_allowed", _("Only administrators change packages and payers."))


def check_can_define(
    *, tier: str, category_codes: Iterable[str], annual_price: Decimal | None, items: Collection[ItemLine]
) -> None:
    """A package lists each item once, as often as 1 to 366 times a year, at prices in whole cents."""
    if tier not in PackageVersion.Tier.values:
        raise RuleViolation("package.tier", _("The tier is “basic” or “personalised”."))
    for code in category_codes:
        if code not in GROUP_NAMES:
            check_category(code)
    if not items:
        raise RuleViolation("package.empty", _("A package holds at least one item."))
    codes = [line.code for line in items]
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice is not None:
        raise RuleViolation(
            "package.item_twice",
            format_lazy(_("The package lists item {code} twice. Keep one line of it."), code=twice),
        )
    for line in items:
        _check_times(line)
    for amount in (annual_price, *(line.unit_price for line in items)):
        check_amount(amount)


def check_category(code: str) -> None:
    """A rule for residents of a category names one of the district's key populations."""
    known = [category.code for category in categories()]
    if code not in known:
        raise RuleViolation(
            "category.unknown",
            format_lazy(_("“{code}” is no key population. Known are: {known}."), code=code, known=", ".join(known)),
        )


def check_amount(amount: Decimal | None) -> None:
    """Money is not negative and in whole cents; None stands for no fixed price."""
    if amount is None:
        return
    if not amount.is_finite() or not 0 <= amount <= HIGHEST_AMOUNT or amount != amount.quantize(CENT):
        raise RuleViolation(
            "package.amount",
            format_lazy(_("{amount} is no amount in yuan: not negative, at most two decimals."), amount=amount),
        )


def check_can_set_shares(*, version: PackageVersion, category: str, shares: Mapping[str, Decimal]) -> None:
    """Shares are of the version in use, name known payers, and add up to its price to the cent.

    No shares at all withdraw the rule of a category.
    """
    if version.status == PackageVersion.Status.RETIRED:
        raise RuleViolation("package.retired", _("A newer version has taken this one's place; change that one."))
    if category:
        check_category(category)
    for payer, amount in shares.items():
        if payer not in Payer.values:
            raise RuleViolation(
                "package.payer",
                format_lazy(
                    _("“{payer}” is no payer. Known are: {known}."), payer=payer, known=", ".join(Payer.values)
                ),
            )
        check_amount(amount)
    total, price = sum(shares.values(), Decimal("0.00")), version.price
    if total != price and not (category and not shares):
        raise RuleViolation(
            "package.shares_do_not_add_up",
            format_lazy(
                _("The payers' shares add up to {total} yuan, but the package costs {price} yuan."),
                total=total.quantize(CENT),
                price=price.quantize(CENT),
            ),
        )


def _check_times(line: ItemLine) -> None:
    if not 1 <= line.times_per_year <= MOST_TIMES_A_YEAR:
        raise RuleViolation(
            "package.times",
            format_lazy(
                _("Item {code} is given {times} times a year: a whole number from 1 to {most} is possible."),
                code=line.code,
                times=line.times_per_year,
                most=MOST_TIMES_A_YEAR,
            ),
        )
