"""Fulfilment of one person or one contract in the six words, by kind of service."""

from collections.abc import Collection
from datetime import date
from typing import Any

from contracts.queries.fulfilment import By, Promises, Tally, tallies
from service_packages.models import Item


def by_item(promises: Promises, known: Collection[Item] = ()) -> dict[str, Any] | None:
    """Context of `contracts/_fulfilment.html`: dict year, rows of (name, Tally), total; None with nothing promised.

    Items that aren't `known` are looked up.
    """
    found = tallies(promises, By.ITEM)
    if not found:
        return None
    items = {item.pk: item for item in known}
    if missing := found.keys() - items.keys():
        items |= Item.objects.in_bulk(missing)
    rows = [(items[key].name, found[key]) for key in sorted(found, key=lambda key: items[key].code)]
    return {"year": _year(promises.day), "rows": rows, "total": sum((one for _name, one in rows), Tally())}


def _year(day: date) -> str:
    return f"{day:%Y}"
