"""Defining packages and who pays for them. A version that a coverage holds never changes: a change makes the next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from residents.categories import ALL
from service_packages.models import Item, Package, PackageItem, PackageVersion, PayerShare
from service_packages.rules import (
    ItemLine,
    check_can_define,
    check_can_edit_catalogue,
    check_can_set_shares,
)
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount


@dataclass(frozen=True)
class _Content:
    """What makes two versions the same: everything but the names and kinds of items, which all packages share."""

    name: str
    tier: str
    categories: frozenset[str]
    annual_price: Decimal | None
    items: frozenset[tuple[str, int, Decimal]]

    @property
    def price(self) -> Decimal:
        """Yuan a year (docs/rules.md 6)."""
        if self.annual_price is not None:
            return self.annual_price
        return sum((unit_price * times for _code, times, unit_price in self.items), Decimal("0.00"))

    def write_to(self, version: PackageVersion) -> None:
        """Make the version hold this."""
        version.name, version.tier, version.annual_price = self.name, self.tier, self.annual_price
        version.categories = sorted(self.categories)
        version.save()
        version.items.all().delete()
        items = Item.objects.in_bulk([code for code, *_ in self.items], field_name="code")
        PackageItem.objects.bulk_create(
            PackageItem(version=version, item=items[code], times_per_year=times, unit_price=unit_price)
            for code, times, unit_price in sorted(self.items)
        )


@transaction.atomic
def define(
    *,
    code: str,
    name: str,
    tier: str,
    categories: Collection[str],
    annual_price: Decimal | None,
    items: Sequence[ItemLine],
    by: User | SystemAccount,
) -> PackageVersion:
    """Make the package of that code be this, from now on; the published version, the same when nothing changed.

    A version that no coverage holds is changed in place, one that is held is retired and followed by the next. Payer
    shares go along while the price is the same. Names and kinds of items are corrected for all packages.
    Raises RuleViolation: package.not_allowed, .tier, .empty, .item_twice, .times, .amount; category.unknown.
    """
    lines = [ItemLine(*line) for line in items]
    check_can_edit_catalogue(by)
    check_can_define(tier=tier, category_codes=categories, annual_price=annual_price, items=lines)
    content = _Content(
        name=name,
        tier=tier,
        categories=frozenset() if ALL in categories else frozenset(categories),
        annual_price=annual_price,
        items=frozenset((line.code, line.times_per_year, line.unit_price) for line in lines),
    )
    with made_by(by, "service_packages.define"):
        _save_items(lines)
        package = Package.objects.get_or_create(code=code)[0]
        present = _lock(package).filter(status=PackageVersion.Status.PUBLISHED).first()
        if present is None:
            return _publish(package, content)
        if _content(present) == content:
            return present
        if present.held.exists():
            return _publish(package, content, after=present)
        return _amend(present, content)


@transaction.atomic
def set_shares(
    *, version: PackageVersion, category: str, shares: Mapping[str, Decimal], by: User | SystemAccount
) -> PackageVersion:
    """Make these the payers of the version's price, yuan a year, for residents of the category ("": everyone else).

    Returns the version that has them: a new one, retiring the other, when that is held and its shares were different.
    Without shares a category's rule is withdrawn.
    Raises RuleViolation: package.not_allowed, .retired, .payer, .amount, .shares_do_not_add_up; category.unknown.
    """
    category = "" if category == ALL else category
    with made_by(by, "service_packages.set_shares"):
        version = _lock(version.package).get(pk=version.pk)
        check_can_edit_catalogue(by)
        check_can_set_shares(version=version, category=category, shares=shares)
        if dict(version.shares.filter(category=category).values_list("payer", "amount")) == shares:
            return version
        if version.held.exists():
            version = _publish(version.package, _content(version), after=version)
        version.shares.filter(category=category).delete()
        PayerShare.objects.bulk_create(
            PayerShare(version=version, category=category, payer=payer, amount=amount)
            for payer, amount in sorted(shares.items())
        )
        return version


def _lock(package: Package) -> QuerySet[PackageVersion]:
    """The package's versions as they are now. Nobody else changes them until the transaction ends, nor starts to hold
    one that is read from here (contracts.actions.packages)."""
    Package.objects.select_for_update().get(pk=package.pk)
    return package.versions.select_for_update()


def _content(version: PackageVersion) -> _Content:
    rows = version.items.values_list("item__code", "times_per_year", "unit_price")
    return _Content(version.name, version.tier, frozenset(version.categories), version.annual_price, frozenset(rows))


def _save_items(lines: Sequence[ItemLine]) -> None:
    """Make missing items, and correct names and kinds; an empty one says nothing about the item."""
    known = Item.objects.in_bulk([line.code for line in lines], field_name="code")
    for line in lines:
        present = known.get(line.code)
        if present is None:
            Item.objects.create(code=line.code, name=line.name or line.code, kind=line.kind)
            continue
        name, kind = line.name or present.name, line.kind or present.kind
        if (present.name, present.kind) != (name, kind):
            present.name, present.kind = name, kind
            present.save(update_fields=["name", "kind"])


def _publish(package: Package, content: _Content, after: PackageVersion | None = None) -> PackageVersion:
    """The package's next version, in the place of `after`, with its shares while the price is the same."""
    latest = package.versions.order_by("-number").first()
    if after:
        after.status = PackageVersion.Status.RETIRED
        after.save(update_fields=["status"])
    version = PackageVersion(package=package, number=latest.number + 1 if latest else 1)
    content.write_to(version)
    if after and after.price == content.price:
        PayerShare.objects.bulk_create(
            PayerShare(version=version, category=share.category, payer=share.payer, amount=share.amount)
            for share in after.shares.all()
        )
    return version


def _amend(version: PackageVersion, content: _Content) -> PackageVersion:
    """Change a version that nobody holds; shares of another price are no longer true."""
    if version.price != content.price:
        version.shares.all().delete()
    content.write_to(version)
    return version
