"""Fulfilment of one person or one contract in the six words, by kind of service."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from contracts.queries.fulfilment import By, Promises, Tally, tallies
from service_packages.models import Item


def by_item(promises: Promises) -> dict[str, Any] | None:
    """Context of `contracts/_fulfilment.html`: dict year, rows of (name, Tally), total; None with nothing promised."""
    found = tallies(promises, By.ITEM)
    if not found:
        return None
    items: Mapping[int, Item] = Item.objects.in_bulk(found)
    rows = [(items[key].name, found[key]) for key in sorted(found, key=lambda key: items[key].code)]
    return {"year": _year(promises.day), "rows": rows, "total": sum((one for _name, one in rows), Tally())}


def _year(day: date) -> str:
    return f"{day:%Y}"
