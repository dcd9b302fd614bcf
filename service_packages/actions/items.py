"""The items themselves, which all packages share."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from service_packages.models import Item
from service_packages.rules import check_amount, check_can_edit_catalogue
from teams.actions.twins import only_one
from teams.history import made_by
from teams.models import User
from teams.models.accounts import SystemAccount


class ItemFields(TypedDict, total=False):
    """What an item says of itself (service_packages.models.Item)."""

    name: str
    kind: str
    modes: Sequence[str]
    performers: Sequence[str]
    readings: Sequence[str]
    deciding: Sequence[str]
    unit_price: Decimal


@transaction.atomic
def create_item(*, code: str, by: User | SystemAccount, **fields: Unpack[ItemFields]) -> Item:
    """Make an item. Raises RuleViolation: package.not_allowed, .amount, item.code_taken."""
    check_can_edit_catalogue(by)
    check_amount(fields.get("unit_price"))
    taken = format_lazy(_("There is an item {code} already."), code=code)
    with made_by(by, "service_packages.create_item"), only_one("item.code_taken", taken):
        return Item.objects.create(code=code, **fields)


@transaction.atomic
def change_item(*, item: Item, by: User | SystemAccount, **fields: Unpack[ItemFields]) -> Item:
    """Change an item for every package that holds it; its code, by which files find it, stays.

    Other deciding rules hold for what is entered or matched from now on. Raises RuleViolation: package.not_allowed,
    .amount.
    """
    check_can_edit_catalogue(by)
    check_amount(fields.get("unit_price"))
    with made_by(by, "service_packages.change_item"):
        item = Item.objects.select_for_update().get(pk=item.pk)
        changed = [name for name, value in fields.items() if getattr(item, name) != value]
        for name in changed:
            setattr(item, name, fields[name])  # type: ignore[literal-required]
        if changed:
            item.save(update_fields=changed)
        return item
