"""From one year's catalogue to the next: drafts with other prices, and their publication together."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from service_packages.actions.drafts import copy, publish, write_shares
from service_packages.actions.versions import lock
from service_packages.models import Package, PackageItem, PackageVersion
from service_packages.rules import check_amount, check_can_edit_catalogue, shares_by_category
from service_packages.shares import raised, share_out
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.rules import RuleViolation

Status = PackageVersion.Status
LOWEST, HIGHEST = Decimal(-90), Decimal(900)


class Change(NamedTuple):
    """A package of the catalogue and what a year would make of it; `draft` stands in the way."""

    version: PackageVersion
    price: Decimal
    draft: PackageVersion | None


def offered() -> QuerySet[PackageVersion]:
    """What is in use now, with items and shares."""
    items = Prefetch("items", PackageItem.objects.select_related("item"))
    return (
        PackageVersion.objects.filter(status=Status.PUBLISHED)
        .select_related("package")
        .prefetch_related(items, "shares")
        .order_by("package__code")
    )


def changes(percent: Decimal) -> Iterator[Change]:
    """What `copy_year` would make, without making it."""
    drafts = {draft.package_id: draft for draft in PackageVersion.objects.filter(status=Status.DRAFT)}
    for version in offered():
        yield Change(version, _new_price(version, percent), drafts.get(version.package_id))


@transaction.atomic
def copy_year(*, year: int, percent: Decimal, by: User | SystemAccount) -> list[PackageVersion]:
    """A draft for the year of every package in use, its prices changed by so many per cent, rounded to the cent.

    Shares keep their proportion and add up to the new price (largest remainder). A package that has a draft already,
    or is of that year or a later one, is left alone. Raises RuleViolation: package.not_allowed, .percent, .nothing.
    """
    check_can_edit_catalogue(by)
    check_percent(percent)
    with made_by(by, "service_packages.copy_year"):
        packages = [version.package for version in offered() if (version.year or 0) < year]
        made = [draft for package in packages if (draft := _draft_of(package, year, percent))]
        if not made:
            raise RuleViolation(
                "package.nothing",
                format_lazy(_("There is nothing to copy: every package has a draft or is of {year}."), year=year),
            )
        return made


@transaction.atomic
def publish_year(*, year: int, by: User | SystemAccount) -> int:
    """Publish every draft of the year, or none; how many. Raises RuleViolation as `publish` does, naming the package,
    and package.nothing."""
    drafts = list(PackageVersion.objects.filter(status=Status.DRAFT, year=year).order_by("package__code"))
    if not drafts:
        raise RuleViolation("package.nothing", format_lazy(_("There are no drafts of {year}."), year=year))
    for draft in drafts:
        try:
            publish(draft=draft, by=by)
        except RuleViolation as refusal:
            message = format_lazy("{name}：{message}", name=draft.name, message=refusal.message)
            raise RuleViolation(refusal.code, message) from None
    return len(drafts)


def check_percent(percent: Decimal) -> None:
    """A change of prices is between −90 and +900 per cent: what lies beyond is a slip."""
    if not percent.is_finite() or not LOWEST <= percent <= HIGHEST:
        raise RuleViolation(
            "package.percent",
            format_lazy(_("The change must lie between {low} and {high} per cent."), low=LOWEST, high=HIGHEST),
        )


def _draft_of(package: Package, year: int, percent: Decimal) -> PackageVersion | None:
    versions = list(lock(package).select_related("package"))
    present = next((version for version in versions if version.status == Status.PUBLISHED), None)
    if present is None or any(version.status == Status.DRAFT for version in versions):
        return None
    price = _new_price(present, percent)
    check_amount(price)
    draft = copy(present)
    draft.year = year
    if draft.annual_price is not None:
        draft.annual_price = price
    draft.save(update_fields=["year", "annual_price"])
    for row in draft.items.all():
        row.unit_price = raised(row.unit_price, percent)
        row.save(update_fields=["unit_price"])
    shares = shares_by_category(present)
    write_shares(draft, {category: share_out(price, amounts) for category, amounts in shares.items()})
    return draft


def _new_price(version: PackageVersion, percent: Decimal) -> Decimal:
    """The fixed price changed, or the sum over the items with their changed unit prices."""
    if version.annual_price is not None:
        return raised(version.annual_price, percent)
    prices = (raised(row.unit_price, percent) * row.times_per_year for row in version.items.all())
    return sum(prices, Decimal("0.00"))
