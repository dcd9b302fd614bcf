"""Making the district's settings, catalogue and targets what a policy file says. A second load changes nothing."""

from collections import Counter
from decimal import ROUND_HALF_UP

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments.actions import rubrics
from assessments.actions.funds import define_fund
from assessments.actions.settings import put_setting
from assessments.models import Population, Target
from assessments.policy_files import PackagePolicy, Policy, TargetPolicy
from assessments.rubric_files import read_rubric
from residents.categories import CORE
from residents.models import AddedRegister
from service_packages.actions.items import change_item, create_item
from service_packages.actions.versions import define, set_shares
from service_packages.models import Item, PackageVersion
from service_packages.rules import shares_by_category
from teams.history import made_by
from teams.memory import forget
from teams.models import Institution, User
from teams.models.accounts import SYSTEM, SystemAccount
from teams.rules import RuleViolation

PARTS = ("settings", "registers", "items", "packages", "targets", "funds", "rubrics")


@transaction.atomic
def load(*, policy: Policy, by: User | SystemAccount = SYSTEM) -> dict[str, int]:
    """Load a policy, whole or not at all; how many of each of its PARTS changed.

    Raises RuleViolation as the actions of packages do, and policy.no_population.
    """
    with made_by(by, "assessments.load_policy"):
        changed = Counter(dict.fromkeys(PARTS, 0))
        changed["settings"] = set_settings(policy=policy, by=by)
        changed += load_catalogue(policy=policy, by=by)
        changed["targets"] = set_targets(policy=policy)
        changed["funds"] = set_funds(policy=policy, by=by)
        changed["rubrics"] = set_rubric(policy=policy, by=by)
        return {part: changed[part] for part in PARTS}


@transaction.atomic
def load_catalogue(*, policy: Policy, by: User | SystemAccount = SYSTEM) -> Counter[str]:
    """Registers, items, packages and payers of a policy; how many of them changed."""
    with made_by(by, "assessments.load_policy"):
        changed: Counter[str] = Counter()
        for code, name in policy.registers.items():
            changed["registers"] += _set_register(code, name)
        present = Item.objects.in_bulk([item.code for item in policy.items], field_name="code")
        for item in policy.items:
            fields = {"name": item.name, "kind": item.kind, "unit_price": item.price, **item.rules}
            known = present.get(item.code)
            if known is None:
                create_item(code=item.code, by=by, **fields)  # type: ignore[arg-type]
            elif any(getattr(known, name) != value for name, value in fields.items()):
                change_item(item=known, by=by, **fields)  # type: ignore[arg-type]
            else:
                continue
            changed["items"] += 1
        changed["packages"] = sum(_set_package(package, by) for package in policy.packages)
        return changed


def set_settings(*, policy: Policy, by: User | SystemAccount = SYSTEM) -> int:
    """The policy's dated settings; how many changed."""
    day = policy.settings_from
    if day is None:
        return 0
    return sum(put_setting(code=code, value=value, from_on=day, by=by) for code, value in policy.settings.items())


def set_rubric(*, policy: Policy, by: User | SystemAccount = SYSTEM) -> int:
    """Put the policy's rubric in use; 1 when that changed anything."""
    if not policy.rubric:
        return 0
    return int(rubrics.define(code=policy.rubric, content=read_rubric(policy.rubric), by=by))


def set_targets(*, policy: Policy, population: int | None = None) -> int:
    """The policy's targets; how many changed. `population` is the number of residents that shares are taken of:
    by default the official one of the year, else the one that the file names."""
    return sum(_set_target(target, _count(target, policy, population)) for target in policy.targets)


def set_funds(*, policy: Policy, by: User | SystemAccount = SYSTEM) -> int:
    """The policy's funds with their rules in use; how many changed."""
    return sum(define_fund(code=fund.code, name=fund.name, terms=fund.terms, by=by) for fund in policy.funds)


def _set_register(code: str, name: str) -> bool:
    forget()
    row = AddedRegister.objects.filter(code=code).first()
    if row is None:
        bits = set(AddedRegister.objects.values_list("bit", flat=True))
        free = next(bit for bit in range(len(CORE), 31) if bit not in bits)
        AddedRegister.objects.create(code=code, name=name, bit=free)
        return True
    return bool(AddedRegister.objects.filter(code=code).exclude(name=name).update(name=name))


def _set_package(package: PackagePolicy, by: User | SystemAccount) -> bool:
    """Define the package, then its shares; rules of categories that the file does not have go."""
    before = _state(package.code)
    version = define(
        code=package.code,
        name=package.name,
        tier=package.tier,
        categories=package.categories,
        annual_price=package.price,
        items=package.lines,
        conditions=package.conditions,
        by=by,
    )
    for category in sorted({*shares_by_category(version), *package.shares}):
        version = set_shares(version=version, category=category, shares=package.shares.get(category, {}), by=by)
    return _state(package.code) != before


def _state(code: str) -> object:
    """What tells whether a package was changed: its version in use, rows and all."""
    version = PackageVersion.objects.filter(package__code=code, status=PackageVersion.Status.PUBLISHED).first()
    if version is None:
        return None
    items = version.items.values_list("item__code", "times_per_year", "unit_price", "anchor", "opens", "closes")
    head = PackageVersion.objects.filter(pk=version.pk).values().get()
    return head, list(items), shares_by_category(version)


def _set_target(target: TargetPolicy, count: int | None) -> bool:
    key = {name: getattr(target, name) for name in ("indicator", "category", "year", "scope")}
    aims = {"rate": target.rate, "count": count}
    row = Target.objects.filter(**key, institution=None).first()
    if row and (row.rate, row.count) == (target.rate, count):
        return False
    Target.objects.update_or_create(**key, institution=None, defaults=aims)
    return True


def _count(target: TargetPolicy, policy: Policy, population: int | None) -> int | None:
    if target.share is None:
        return target.count
    residents = population or _official_population(target.year) or policy.resident_population
    if residents is None:
        raise RuleViolation(
            "policy.no_population",
            _("A target is a share of the resident population: enter the official one of the bureau first."),
        )
    return int((residents * target.share / 100).to_integral_value(ROUND_HALF_UP))


def _official_population(year: int) -> int | None:
    row = Population.objects.filter(institution__kind=Institution.Kind.BUREAU, year=year, category="all").first()
    return row.count if row else None
