"""Drafts: edited freely until they are published, and what happens to a version from then on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from service_packages.actions.versions import Content, content_from, lock
from service_packages.models import Package, PackageVersion, Payer, PayerShare
from service_packages.rules import (
    Conditions,
    ItemLine,
    check_amount,
    check_can_edit_catalogue,
    check_can_publish,
    check_category,
    shares_by_category,
)
from teams import versions
from teams.actions.twins import only_one
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.rules import RuleViolation

Shares = Mapping[str, Mapping[str, Decimal]]  # category ("": everyone else) -> payer -> yuan
Status = PackageVersion.Status


@dataclass(frozen=True)
class Wanted:
    """What a draft is to hold. Its shares need not add up before it is published."""

    name: str
    tier: str
    categories: Sequence[str]
    annual_price: Decimal | None
    items: Sequence[ItemLine]
    conditions: Conditions
    shares: Shares


@transaction.atomic
def create_package(*, code: str, name: str, by: User | SystemAccount) -> PackageVersion:
    """Open a new package with an empty draft. Raises RuleViolation: package.not_allowed, .code_taken."""
    check_can_edit_catalogue(by)
    with made_by(by, "service_packages.create_package"):
        with only_one("package.code_taken", format_lazy(_("There is a package {code} already."), code=code)):
            package = Package.objects.create(code=code)
        return PackageVersion.objects.create(package=package, number=1, name=name, status=Status.DRAFT)


@transaction.atomic
def start_draft(*, package: Package, by: User | SystemAccount) -> PackageVersion:
    """The package's draft: the one under way, or a copy of its latest version with the shares."""
    check_can_edit_catalogue(by)
    with made_by(by, "service_packages.start_draft"):
        present = list(lock(package).order_by("-number"))
        draft = next((version for version in present if version.is_draft), None)
        return draft or copy(present[0])


def copy(version: PackageVersion) -> PackageVersion:
    """A draft that says the same as the version. The caller holds the lock, and has checked that there is none yet."""
    number = version.package.versions.order_by("-number").values_list("number", flat=True)[0] + 1
    draft = PackageVersion(package=version.package, number=number, status=Status.DRAFT)
    Content.of(version).write_to(draft)
    write_shares(draft, shares_by_category(version))
    return draft


@transaction.atomic
def save_draft(*, draft: PackageVersion, wanted: Wanted, seen: str, by: User | SystemAccount) -> PackageVersion:
    """Make the draft hold what is wanted. `seen` is the `fingerprint` of what the account had before its eyes.

    Raises RuleViolation as `define` does, and package.no_draft, .changed_meanwhile, .payer.
    """
    check_can_edit_catalogue(by)
    with made_by(by, "service_packages.save_draft"):
        draft = _locked(draft)
        if fingerprint(draft) != seen:
            raise RuleViolation(
                "package.changed_meanwhile",
                _("Somebody else has changed this draft since you opened it. Open it again to see what is new."),
            )
        content = content_from(
            wanted.name, wanted.tier, wanted.categories, wanted.annual_price, wanted.items, wanted.conditions
        )
        _check_shares(wanted.shares)
        content.write_to(draft)
        write_shares(draft, wanted.shares)
        return draft


@transaction.atomic
def publish(*, draft: PackageVersion, by: User | SystemAccount) -> PackageVersion:
    """Offer the draft from now on; the version offered so far is retired, and stays with those who hold it.

    Raises RuleViolation: package.not_allowed, .no_draft, .empty, .shares_do_not_add_up, .not_free.
    """
    check_can_edit_catalogue(by)
    with made_by(by, "service_packages.publish"):
        draft = _locked(draft)
        check_can_publish(draft)
        versions.put_in_use(draft, draft.package.versions.all())
        return draft


@transaction.atomic
def retire(*, version: PackageVersion, by: User | SystemAccount) -> PackageVersion:
    """Offer the version no more; who holds it keeps it. Raises RuleViolation: package.not_allowed, .not_published."""
    check_can_edit_catalogue(by)
    with made_by(by, "service_packages.retire"):
        version = lock(version.package).get(pk=version.pk)
        versions.retire(version, "package")
        return version


@transaction.atomic
def drop_draft(*, draft: PackageVersion, by: User | SystemAccount) -> None:
    """Throw a draft away, and its package when it never had another version; the history keeps both."""
    check_can_edit_catalogue(by)
    with made_by(by, "service_packages.drop_draft"):
        draft = _locked(draft)
        draft.delete()
        if not draft.package.versions.exists():
            draft.package.delete()


def fingerprint(version: PackageVersion) -> str:
    """The same for the same content and shares."""
    content = Content.of(version)
    conditions = [sorted(each) if isinstance(each, frozenset) else each for each in content.conditions]
    shares = sorted(version.shares.values_list("category", "payer", "amount"))
    said = (
        *(content.name, content.tier, sorted(content.categories), content.annual_price),
        *(sorted(content.items), conditions, shares),
    )
    return sha256(json.dumps(said, default=str).encode()).hexdigest()


def write_shares(version: PackageVersion, shares: Shares) -> None:
    """Make these the version's shares; amounts of nothing are left out."""
    version.shares.all().delete()
    PayerShare.objects.bulk_create(
        PayerShare(version=version, category=category, payer=payer, amount=amount)
        for category, amounts in sorted(shares.items())
        for payer, amount in sorted(amounts.items())
        if amount
    )


def _locked(draft: PackageVersion) -> PackageVersion:
    """The draft as it is now. Raises RuleViolation when somebody has published or dropped it meanwhile."""
    return versions.still_draft(lock(draft.package).select_related("package").filter(pk=draft.pk), "package")


def _check_shares(shares: Shares) -> None:
    for category, amounts in shares.items():
        if category:
            check_category(category)
        for payer, amount in amounts.items():
            if payer not in Payer.values:
                raise RuleViolation("package.payer", format_lazy(_("“{payer}” is not a payer."), payer=payer))
            check_amount(amount)
