"""Funds and their rules: drafts, and what is in use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Fund, FundPayer, FundVersion, JobWeight, PackageWeight
from assessments.rules.money import Account, check_amounts, check_can_edit, check_can_publish
from service_packages.models import Package
from teams import versions
from teams.actions.twins import only_one
from teams.clock import today
from teams.history import made_by
from teams.rules import RuleViolation

Status = FundVersion.Status
# What a rule says beside its payers and weights.
TERMS = (
    "paper",
    "method",
    "receiver",
    "other_weight",
    "quality",
    "excellent",
    "good",
    "passed",
    "failed",
    "unassessed",
    "withheld",
    "prepaid_share",
    "staff_share",
    "clawback",
    "work",
    "is_capitation",
    "cost_share",
    "referral_fee",
    "kept_share",
)


@dataclass(frozen=True)
class FundTerms:
    """A fund's rule: fields of TERMS (those left out as they are by default), yuan by payer, weights by code."""

    fields: Mapping[str, Any]
    payers: Mapping[str, Decimal]
    packages: Mapping[str, Decimal] = field(default_factory=dict)
    jobs: Mapping[str, Decimal] = field(default_factory=dict)


@transaction.atomic
def create_fund(*, code: str, name: str, by: Account) -> FundVersion:
    """A fund with an empty draft of its rule. Raises RuleViolation: money.not_allowed, fund.code_taken."""
    with made_by(by, "assessments.create_fund"):
        check_can_edit(by)
        with only_one("fund.code_taken", format_lazy(_("There is a fund {code} already."), code=code)):
            fund = Fund.objects.create(code=code, name=name)
        return FundVersion.objects.create(fund=fund, number=1)


@transaction.atomic
def start_draft(*, fund: Fund, by: Account) -> FundVersion:
    """The fund's draft: the one there is, or a copy of the rule in use. Raises RuleViolation money.not_allowed."""
    with made_by(by, "assessments.start_fund_draft"):
        check_can_edit(by)
        fund = Fund.objects.select_for_update(no_key=True).get(pk=fund.pk)
        newest = fund.versions.order_by("-number").first()
        if newest and newest.is_draft:
            return newest
        draft = FundVersion.objects.create(fund=fund, number=newest.number + 1 if newest else 1)
        return change_draft(version=draft, terms=terms_of(newest), by=by) if newest else draft


@transaction.atomic
def change_draft(*, version: FundVersion, terms: FundTerms, by: Account) -> FundVersion:
    """Let a draft say this. Raises RuleViolation: money.not_allowed; fund.no_draft, .amount, .package."""
    with made_by(by, "assessments.change_fund_draft"):
        check_can_edit(by)
        version = _locked(version)
        check_amounts(terms.payers)
        packages = Package.objects.in_bulk(list(terms.packages), field_name="code")
        if unknown := terms.packages.keys() - packages.keys():
            raise RuleViolation("fund.package", format_lazy(_("There is no package {code}."), code=min(unknown)))
        for name, value in terms.fields.items():
            setattr(version, name, value)
        version.save()
        for rows in (version.payers, version.package_weights, version.job_weights):
            rows.all().delete()
        FundPayer.objects.bulk_create(FundPayer(version=version, payer=p, amount=a) for p, a in terms.payers.items())
        PackageWeight.objects.bulk_create(
            PackageWeight(version=version, package=packages[code], weight=w) for code, w in terms.packages.items()
        )
        JobWeight.objects.bulk_create(JobWeight(version=version, job=job, weight=w) for job, w in terms.jobs.items())
        return version


@transaction.atomic
def publish_fund(*, version: FundVersion, by: Account) -> FundVersion:
    """Put a draft to use; the rule before it is retired, and what it has allocated stays.

    Raises RuleViolation: money.not_allowed; fund.no_draft, .no_payer, .staff_share, .withheld, .capitation, .no_change.
    """
    with made_by(by, "assessments.publish_fund"):
        check_can_edit(by)
        version = _locked(version)
        check_can_publish(version, today())
        present = version.fund.versions.filter(status=Status.PUBLISHED).first()
        if present and terms_of(present) == terms_of(version):
            message = _("It says what version {number} says, which is in use: change something, or drop the draft.")
            raise RuleViolation("fund.no_change", format_lazy(message, number=present.number))
        versions.put_in_use(version, version.fund.versions.all())
        return version


@transaction.atomic
def drop_draft(*, version: FundVersion, by: Account) -> None:
    """Throw a draft away. Raises RuleViolation: money.not_allowed, fund.no_draft."""
    with made_by(by, "assessments.drop_fund_draft"):
        check_can_edit(by)
        _locked(version).delete()


@transaction.atomic
def define_fund(*, code: str, name: str, terms: FundTerms, by: Account) -> bool:
    """Let the fund's rule in use be this one, by a new version where it is another; whether anything changed."""
    fund = Fund.objects.filter(code=code).first()
    if fund is None:
        draft = create_fund(code=code, name=name, by=by)
    else:
        now = fund.versions.filter(status=Status.PUBLISHED).first()
        if now and _says(now, terms):
            return False
        draft = start_draft(fund=fund, by=by)
    publish_fund(version=change_draft(version=draft, terms=terms, by=by), by=by)
    return True


def _locked(draft: FundVersion) -> FundVersion:
    """The draft as it is now, while nobody else changes its fund."""
    Fund.objects.select_for_update(no_key=True).get(pk=draft.fund_id)
    return versions.still_draft(FundVersion.objects.filter(pk=draft.pk), "fund")


def terms_of(version: FundVersion) -> FundTerms:
    """What a version says."""
    return FundTerms(
        {name: getattr(version, name) for name in TERMS},
        {row.payer: row.amount for row in version.payers.all()},
        {row.package.code: row.weight for row in version.package_weights.select_related("package")},
        {row.job: row.weight for row in version.job_weights.all()},
    )


def _says(version: FundVersion, terms: FundTerms) -> bool:
    now = terms_of(version)
    plain = FundVersion()
    defaults = {name: getattr(plain, name) for name in TERMS}
    said = FundTerms(defaults | dict(terms.fields), terms.payers, terms.packages, terms.jobs)
    return now == said
