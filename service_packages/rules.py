"""What may be done with packages and their payer shares (docs/rules.md 6)."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from residents.categories import ALL, CORE, GROUP_NAMES, KEY, categories, category_names
from service_packages.models import Item, PackageVersion, Payer
from service_packages.shares import CENT
from service_packages.windows import YEARLY, Windows, check_windows
from teams.models import Staff, User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation
from teams.versions import check_is_draft

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HIGHEST_AMOUNT = Decimal("99999999.99")
MOST_TIMES_A_YEAR = 366


class ItemLine(NamedTuple):
    """An item as a package lists it; code, name and kind are the item's own, shared by all packages."""

    code: str
    name: str
    kind: str
    times_per_year: int
    unit_price: Decimal = Decimal("0.00")
    windows: Windows | None = None


class Conditions(NamedTuple):
    """For whom a version is and how it stands beside others; the fields of the same names say it (PackageVersion)."""

    year: int | None = None
    required: frozenset[str] = frozenset()
    age_from: int | None = None
    age_to: int | None = None
    sex: str = ""
    exclusive_group: str = ""
    free_for: frozenset[str] = frozenset()
    is_must: bool = False

    @classmethod
    def of(cls, version: PackageVersion) -> "Conditions":
        """What a version says."""
        return cls(
            version.year,
            frozenset(version.required),
            version.age_from,
            version.age_to,
            version.sex,
            version.exclusive_group,
            frozenset(version.free_for),
            version.is_must,
        )


class Reason(NamedTuple):
    """Why something does not fit: a stable code and a sentence."""

    code: str
    message: "StrOrPromise"


def check_can_edit_catalogue(by: User | SystemAccount) -> None:
    """Packages and their prices are the bureau's policy: administrators only."""
    if not can_edit_catalogue(by):
        raise RuleViolation("package.not_allowed", _("Only administrators change packages and payers."))


def can_edit_catalogue(by: User | SystemAccount) -> bool:
    """Whether an account changes packages: an administrator of the whole district."""
    return has_permission(by, Permission.CATALOGUE_EDIT) and by.scope.is_district


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
        check_windows(line.windows or YEARLY)
    for amount in (annual_price, *(line.unit_price for line in items)):
        check_amount(amount)


def check_conditions(conditions: Conditions, categories: Collection[str], windows: Iterable[Windows]) -> None:
    """Named populations exist, ages are in order, and what is counted from a register belongs to a package of one."""
    for code in conditions.required | conditions.free_for:
        check_category(code)
    low, high = conditions.age_from, conditions.age_to
    if low is not None and high is not None and high < low:
        raise RuleViolation("package.ages", _("The highest age lies below the lowest one."))
    by_age = {category.code for category in CORE if not category.is_register}
    if any(each.anchor.startswith("register_") for each in windows) and not set(categories) - by_age:
        raise RuleViolation(
            "package.register", _("Windows are counted from a register, but the package is for no register.")
        )


def check_category(code: str) -> None:
    """A rule for residents of a category names one of the district's key populations."""
    known = [category.code for category in categories()]
    if code not in known:
        raise RuleViolation(
            "category.unknown",
            format_lazy(_("“{code}” is not a key population. Known are: {known}."), code=code, known=", ".join(known)),
        )


def check_amount(amount: Decimal | None) -> None:
    """Money is not negative and in whole cents; None stands for no fixed price."""
    if amount is None:
        return
    if not amount.is_finite() or not 0 <= amount <= HIGHEST_AMOUNT or amount != amount.quantize(CENT):
        raise RuleViolation(
            "package.amount",
            format_lazy(
                _("{amount} is not an amount in yuan: it must not be negative, and have at most two decimals."),
                amount=amount,
            ),
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
                    _("“{payer}” is not a payer. Known are: {known}."), payer=payer, known=", ".join(Payer.values)
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
                _("Item {code}: {times} × a year is not possible. Enter a whole number from 1 to {most}."),
                code=line.code,
                times=line.times_per_year,
                most=MOST_TIMES_A_YEAR,
            ),
        )


def check_can_publish(version: PackageVersion) -> None:
    """A draft goes into use when it holds items, every table of shares adds up to its price, and whoever is free of
    charge pays nothing."""
    check_is_draft(version, "package")
    if not version.items.all():
        raise RuleViolation("package.empty", _("A package holds at least one item."))
    for category, amounts in shares_by_category(version).items():
        check_can_set_shares(version=version, category=category, shares=amounts)
    for reason in _not_free(version):
        raise RuleViolation(reason.code, reason.message)


def _not_free(version: PackageVersion) -> Iterator[Reason]:
    """Whom the package is free for and who would pay all the same.

    Without a rule of their own they pay by that of everyone else, or of another category that somebody is in as well;
    where nobody is named, the resident pays (docs/rules.md, reading 115).
    """
    shares = shares_by_category(version) if version.free_for else {}
    tables = {"": {Payer.RESIDENT.value: version.price}} | shares
    for category in version.free_for:
        rules = [shares[category]] if category in shares else tables.values()
        amount = max(amounts.get(Payer.RESIDENT.value, 0) for amounts in rules)
        if amount:
            message = _("Free of charge for “{category}”, yet they would pay {amount} yuan: name other payers.")
            yield Reason("package.not_free", format_lazy(message, category=_name_of(category), amount=amount))


def shares_by_category(version: PackageVersion) -> dict[str, dict[str, Decimal]]:
    """Category ("": everyone else) -> payer -> amount, as they stand in a version."""
    found: dict[str, dict[str, Decimal]] = {}
    for share in version.shares.all():
        found.setdefault(share.category, {})[share.payer] = share.amount
    return found


# --- Whom a package suits, and which records count ------------------------------------------------------------------


def unsuitable(
    version: PackageVersion,
    *,
    categories: Collection[str],
    age: int,
    sex: str,
    names: Mapping[str, object] | None = None,
) -> list[Reason]:
    """Why a package is not for somebody of these populations, age (completed years) and sex; nothing when it is.

    Signing warns, or refuses when the version is a must (`is_must`); a file's contract goes in all the same. Who asks
    about many passes the `category_names()` that the sentences need.
    """
    found = []
    missing = [code for code in version.required if code not in categories]
    wanted = set(version.categories)
    is_outside = bool(wanted) and not wanted & {ALL, *categories} and not (KEY in wanted and categories)
    known = names or (category_names() if missing or is_outside else {})
    if is_outside:
        those = "、".join(str(known.get(code, code)) for code in version.categories)
        found.append(Reason("package.not_in_category", format_lazy(_("The package is for: {names}."), names=those)))
    found += [
        Reason(
            "package.not_registered",
            format_lazy(_("The package needs an entry as: {name}."), name=str(known.get(code, code))),
        )
        for code in missing
    ]
    if version.age_from is not None and age < version.age_from:
        found.append(
            Reason("package.too_young", format_lazy(_("The package is for ages from {age} on."), age=version.age_from))
        )
    if version.age_to is not None and age > version.age_to:
        found.append(
            Reason("package.too_old", format_lazy(_("The package is for ages up to {age}."), age=version.age_to))
        )
    if version.sex and sex != version.sex:
        message = format_lazy(_("The package is for one sex only: {sex}."), sex=version.get_sex_display())
        found.append(Reason("package.sex", message))
    return found


def incompatible(versions: Collection[PackageVersion]) -> list[Reason]:
    """Why these cannot be held together: two versions of one package, or two packages of an exclusive group."""
    by_package = Counter(version.package_id for version in versions)
    found = [
        Reason("package.twice", format_lazy(_("{name} is chosen in two versions."), name=version.name))
        for version in versions
        if by_package.pop(version.package_id, 0) > 1
    ]
    groups: dict[str, dict[int, str]] = {}
    for version in versions:
        if version.exclusive_group:
            groups.setdefault(version.exclusive_group, {})[version.package_id] = version.name
    found += [
        Reason(
            "package.exclusive",
            format_lazy(
                _("Only one of these at a time ({group}): {names}."), group=group, names="、".join(names.values())
            ),
        )
        for group, names in groups.items()
        if len(names) > 1
    ]
    return found


def check_counts(item: Item, *, performer_job: str, place: str, readings: Mapping[str, object]) -> list[Reason]:
    """Why a record of the item does not count as fulfilling; nothing when it does.

    `readings` are the values taken, by name (systolic, diastolic, fasting_glucose); None or "" is not taken. Only the
    rules that the item names as deciding are asked; an item without any lets every record count.
    """
    found = []
    if Item.Rule.MODES in item.deciding and item.modes and place not in item.modes:
        names = "、".join(str(Item.Mode(mode).label) for mode in item.modes)
        found.append(Reason("service.mode", format_lazy(_("Counts only when given: {names}."), names=names)))
    if Item.Rule.PERFORMERS in item.deciding and item.performers and performer_job not in item.performers:
        names = "、".join(str(Staff.Job(job).label) for job in item.performers)
        found.append(Reason("service.performer", format_lazy(_("Counts only when given by: {names}."), names=names)))
    missing = [name for name in item.readings if readings.get(name) in (None, "")]
    if Item.Rule.READINGS in item.deciding and missing:
        names = "、".join(str(Item.Reading(name).label) for name in missing)
        found.append(Reason("service.readings", format_lazy(_("Counts only with: {names}."), names=names)))
    return found


def doubts(version: PackageVersion, policy: Mapping[str, int]) -> list[Reason]:
    """What may be a slip in a version but is not refused: a price outside the range that the policy allows, payers that
    a file changed so that somebody would pay for whom it is free of charge."""
    unfree = [] if version.status == PackageVersion.Status.DRAFT else _not_free(version)
    return [*_odd_price(version, policy), *unfree]


def _odd_price(version: PackageVersion, policy: Mapping[str, int]) -> list[Reason]:
    least, most = policy["package_price_least"], policy["package_price_most"]
    price = version.price
    if not price or not most or least <= price <= most:
        return []
    message = _("{price} yuan lies outside the range of {least} to {most} yuan that holds here.")
    return [Reason("package.price_range", format_lazy(message, price=price, least=least, most=most))]


def _name_of(category: str) -> str:
    return str(category_names().get(category, category))
