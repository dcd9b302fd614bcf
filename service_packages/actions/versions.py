"""Defining packages and who pays for them. A version that a coverage holds never changes: a change makes the next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from residents.categories import ALL
from service_packages.models import Item, Package, PackageItem, PackageVersion, PayerShare
from service_packages.rules import (
    Conditions,
    ItemLine,
    check_can_define,
    check_can_edit_catalogue,
    check_can_set_shares,
    check_conditions,
)
from service_packages.windows import YEARLY, Windows
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount


@dataclass(frozen=True)
class Content:
    """What makes two versions the same: everything but their shares and the names and kinds of items."""

    name: str
    tier: str
    categories: frozenset[str]
    annual_price: Decimal | None
    items: frozenset[tuple[str, int, Decimal, Windows]]
    conditions: Conditions

    @classmethod
    def of(cls, version: PackageVersion) -> "Content":
        """What stands in a version."""
        items = frozenset(
            (row.item.code, row.times_per_year, row.unit_price, row.windows)
            for row in version.items.select_related("item")
        )
        return cls(
            version.name,
            version.tier,
            frozenset(version.categories),
            version.annual_price,
            items,
            Conditions.of(version),
        )

    @property
    def price(self) -> Decimal:
        """Yuan a year (docs/rules.md 6)."""
        if self.annual_price is not None:
            return self.annual_price
        return sum((unit_price * times for _code, times, unit_price, _windows in self.items), Decimal("0.00"))

    def write_to(self, version: PackageVersion) -> None:
        """Make the version hold this."""
        version.name, version.tier, version.annual_price = self.name, self.tier, self.annual_price
        version.categories = sorted(self.categories)
        for field, value in self.conditions._asdict().items():
            setattr(version, field, sorted(value) if isinstance(value, frozenset) else value)
        version.save()
        version.items.all().delete()
        items = Item.objects.in_bulk([code for code, *_ in self.items], field_name="code")
        PackageItem.objects.bulk_create(
            PackageItem(
                version=version,
                item=items[code],
                times_per_year=times,
                unit_price=unit_price,
                anchor=windows.anchor,
                opens=[span.first for span in windows.spans],
                closes=[span.last for span in windows.spans],
            )
            for code, times, unit_price, windows in sorted(self.items)
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
    conditions: Conditions | None = None,
    by: User | SystemAccount,
) -> PackageVersion:
    """Make the package of that code be this, from now on; the published version, the same when nothing changed.

    A version that no coverage holds is changed in place, one that is held is retired and followed by the next. Payer
    shares go along while the price is the same. Names and kinds of items are corrected for all packages. What a file
    does not tell, `conditions` and a line's windows when None, stays as it was.
    Raises RuleViolation: package.not_allowed, .tier, .empty, .item_twice, .times, .amount, .spans, .ages, .register;
    category.unknown.
    """
    lines = [ItemLine(*line) for line in items]
    check_can_edit_catalogue(by)
    with made_by(by, "service_packages.define"):
        package = Package.objects.get_or_create(code=code)[0]
        present = lock(package).filter(status=PackageVersion.Status.PUBLISHED).first()
        before = Content.of(present) if present else None
        content = content_from(name, tier, categories, annual_price, lines, conditions, before=before)
        save_items(lines)
        if present is None:
            return publish_next(package, content)
        if before == content:
            return present
        if present.held.exists():
            return publish_next(package, content, after=present)
        return amend(present, content)


def content_from(
    name: str,
    tier: str,
    categories: Collection[str],
    annual_price: Decimal | None,
    lines: Sequence[ItemLine],
    conditions: Conditions | None,
    *,
    before: Content | None = None,
) -> Content:
    """The content that these make, checked; what they leave open is as it was `before`. Raises as `define` does."""
    check_can_define(tier=tier, category_codes=categories, annual_price=annual_price, items=lines)
    known = {code: windows for code, _times, _price, windows in before.items} if before else {}
    content = Content(
        name=name,
        tier=tier,
        categories=frozenset() if ALL in categories else frozenset(categories),
        annual_price=annual_price,
        items=frozenset(
            (line.code, line.times_per_year, line.unit_price, line.windows or known.get(line.code, YEARLY))
            for line in lines
        ),
        conditions=conditions or (before.conditions if before else Conditions()),
    )
    check_conditions(content.conditions, content.categories, [windows for *_, windows in content.items])
    return content


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
        version = lock(version.package).get(pk=version.pk)
        check_can_edit_catalogue(by)
        check_can_set_shares(version=version, category=category, shares=shares)
        if dict(version.shares.filter(category=category).values_list("payer", "amount")) == shares:
            return version
        if version.held.exists():
            version = publish_next(version.package, Content.of(version), after=version)
        version.shares.filter(category=category).delete()
        PayerShare.objects.bulk_create(
            PayerShare(version=version, category=category, payer=payer, amount=amount)
            for payer, amount in sorted(shares.items())
        )
        return version


def lock(package: Package) -> QuerySet[PackageVersion]:
    """The package's versions as they are now. Nobody else changes them until the transaction ends, nor starts to hold
    one that is read from here (contracts.actions.packages)."""
    Package.objects.select_for_update().get(pk=package.pk)
    return package.versions.select_for_update()


def save_items(lines: Sequence[ItemLine]) -> None:
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


def publish_next(package: Package, content: Content, after: PackageVersion | None = None) -> PackageVersion:
    """The package's next version, in the place of `after`, with its shares while the price is the same."""
    latest = package.versions.order_by("-number").first()
    if after:
        after.status = PackageVersion.Status.RETIRED
        after.save(update_fields=["status"])
    version = PackageVersion(package=package, number=latest.number + 1 if latest else 1)
    version.status = PackageVersion.Status.PUBLISHED
    content.write_to(version)
    if after and after.price == content.price:
        PayerShare.objects.bulk_create(
            PayerShare(version=version, category=share.category, payer=share.payer, amount=share.amount)
            for share in after.shares.all()
        )
    return version


def amend(version: PackageVersion, content: Content) -> PackageVersion:
    """Change a version that nobody holds; shares of another price are no longer true."""
    if version.price != content.price:
        version.shares.all().delete()
    content.write_to(version)
    return version
