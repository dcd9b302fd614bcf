"""The catalogue as pages and files show it: lists, one version with everything, and what differs between two."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import Count, Prefetch, QuerySet
from django.utils.translation import gettext as _

from residents.categories import ALL, category_names
from service_packages.imports import GROUPS, ITEM_KINDS, PAYERS, TIERS
from service_packages.models import Item, PackageItem, PackageVersion, Payer
from service_packages.rules import shares_by_category
from service_packages.windows import spans_text
from teams.models import User
from teams.queries.changes import context_of

ITEMS = Prefetch("items", PackageItem.objects.select_related("item"))


class Difference(NamedTuple):
    """Something that two versions say otherwise; empty on a side where it is not."""

    section: str
    what: str
    before: str
    after: str


def versions(user: User) -> QuerySet[PackageVersion]:
    """Versions with their package, items and shares."""
    return (
        PackageVersion.objects.visible_to(user)
        .select_related("package")
        .prefetch_related(ITEMS, "shares")
        .order_by("package__code", "-number")
    )


def numbers_held(shown: Iterable[PackageVersion]) -> dict[int, int]:
    """Version id -> how many people were signed with it."""
    ids = [version.pk for version in shown]
    # Of the holders alone, which are counted off their index: joined to the versions, all of them would be read.
    holders = PackageVersion._meta.get_field("held").related_model._default_manager.filter(version__in=ids)
    counted = holders.order_by().values_list("version").annotate(people=Count("*"))
    return dict.fromkeys(ids, 0) | dict(counted)


def windows_text(row: PackageItem) -> str:
    """When an item is owed, in words: 4 times a contract year; months of age 1, 3, 6."""
    if not row.opens:
        return _("%(times)s × a contract year") % {"times": row.times_per_year}
    return f"{row.get_anchor_display()} {spans_text(row.windows.spans)}"


def differences(before: PackageVersion, after: PackageVersion) -> list[Difference]:
    """What the second version says otherwise than the first, section by section."""
    pairs = (
        (_("Package"), _head(before), _head(after)),
        (_("Items"), _items(before), _items(after)),
        (_("Payers"), _shares(before), _shares(after)),
    )
    return [
        Difference(section, what, old.get(what, ""), new.get(what, ""))
        for section, old, new in pairs
        for what in dict.fromkeys([*old, *new])
        if old.get(what, "") != new.get(what, "")
    ]


def _head(version: PackageVersion) -> dict[str, str]:
    names = category_names()

    def named(codes: Iterable[str]) -> str:
        return _(", ").join(str(names.get(code, code)) for code in codes)

    ages = (version.age_from, version.age_to)
    return {
        _("Name"): version.name,
        _("Level"): version.get_tier_display(),
        _("Catalogue year"): str(version.year or ""),
        _("For"): named(version.categories or [ALL]),
        _("Price a year"): f"{version.price:.2f}",
        _("How the price is set"): _("sum of its items") if version.annual_price is None else _("fixed"),
        _("Needs all of"): named(version.required),
        _("Ages"): "–".join("" if age is None else str(age) for age in ages)
        if any(a is not None for a in ages)
        else "",
        _("Sex"): version.get_sex_display(),
        _("One of the group"): version.exclusive_group,
        _("Free of charge for"): named(version.free_for),
        _("Others are"): _("refused") if version.is_must else _("warned"),
    }


def _items(version: PackageVersion) -> dict[str, str]:
    return {
        f"{row.item.name} ({row.item.code})": f"{windows_text(row)} · {row.times_per_year} × {row.unit_price:.2f}"
        for row in version.items.all()
    }


def _shares(version: PackageVersion) -> dict[str, str]:
    names = category_names()
    return {
        f"{names.get(category or ALL, category)} · {Payer(payer).label}": f"{amount:.2f}"
        for category, shares in shares_by_category(version).items()
        for payer, amount in shares.items()
    }


# --- Files: the kinds `packages` and `payer_shares` of docs/formats.md ------------------------------------------------


def package_rows(shown: Iterable[PackageVersion]) -> Iterator[tuple[object, ...]]:
    """A line for each item, as the kind `packages` reads it; what belongs to the package stands in each."""
    names = {code: str(name) for code, name in category_names().items()} | GROUPS
    for version in shown:
        shared = (
            *(version.package.code, version.name, TIERS[version.tier]),
            *(";".join(version.categories) or names[ALL], version.annual_price),
        )
        for row in version.items.all():
            kind = ITEM_KINDS.get(row.item.kind, row.item.kind)
            windows = f"{row.anchor} {spans_text(row.windows.spans)}" if row.opens else None
            yield (*shared, row.item.code, row.item.name, kind, row.times_per_year, row.unit_price, windows)


def share_rows(shown: Iterable[PackageVersion]) -> Iterator[tuple[object, ...]]:
    """A line for each share, as the kind `payer_shares` reads it."""
    for version in shown:
        for share in version.shares.all():
            yield version.package.code, share.category or None, PAYERS[share.payer], share.amount


@dataclass(frozen=True)
class ItemRules:
    """An item's rules as they stood until `until` (None: they hold now) and since `since` (None: since it was made)."""

    item: Any
    since: datetime | None
    until: datetime | None
    by: str


RULE_FIELDS = ("modes", "performers", "readings", "deciding")


def item_rules(item: Item) -> list[ItemRules]:
    """The item's rules through time, the present ones first; changes of other fields are left out. One query."""
    events = item.pgh_event_model.objects.filter(id=item.pk).select_related("pgh_context").order_by("pgh_id")  # type: ignore[attr-defined]
    states = [*events, item]
    found: list[ItemRules] = []
    since, by = None, ""
    for state, following in pairwise(states):
        if _rules_of(state) != _rules_of(following):
            found.append(ItemRules(state, since, state.pgh_created_at, by))
            since = state.pgh_created_at
            by = str(context_of(state).get("by", ""))
    return [ItemRules(item, since, None, by), *reversed(found)]


def _rules_of(state: Any) -> tuple[Any, ...]:
    return tuple(getattr(state, name) for name in RULE_FIELDS)
