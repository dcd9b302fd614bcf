"""What every URL answers to everybody: the one table of expectations that test_access.py holds the product to.

A new URL needs a line in the module of its area; areas are this package's modules. Each holds:

- TABLE: the lines. Columns are VISITORS, for GET and then for POST without fields: an: anonymous, cl: clerk, fo: clerk
  of the other centre, do: doctor, of: official, ad: administrator, au: auditor. The object is of the clerk's own
  centre (`own`), of the other one (`other`), or the page has none (`-`). `in` means: sent to the sign-in page. A row
  of another's is 404, never 403;
- ADDRESSES, where its pages have any: path arguments and query of a page; of a place, or of none;
- furnish(place, users), where needed: makes, in a centre of the test's district, what its pages show.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING

from django.db.models import Model

if TYPE_CHECKING:
    from teams.models import User
    from tests.accounts import Place

# Columns of the table, in order.
VISITORS = ("anonymous", "clerk", "foreign", "doctor", "official", "administrator", "auditor")
# The id of no row.
NOWHERE = 10**9

Address = Callable[["Place | None"], tuple[Mapping[str, object], Mapping[str, object]]]


@dataclass(frozen=True)
class Line:
    """The expectations of one URL and one object: method -> visitor -> status."""

    name: str
    whose: str
    expected: dict[str, dict[str, str]]


def areas() -> list[ModuleType]:
    """Every module of this package, by name."""
    return [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]


def lines() -> list[Line]:
    """The table of every area, read."""
    texts = [text for area in areas() for text in area.TABLE.strip().splitlines()]
    rows = [text.split() for text in texts if not text.startswith("#")]
    return [
        Line(
            name,
            whose,
            {
                "GET": dict(zip(VISITORS, statuses[:7], strict=True)),
                "POST": dict(zip(VISITORS, statuses[7:], strict=True)),
            },
        )
        for name, whose, *statuses in rows
    ]


def addresses() -> dict[str, Address]:
    """URL name -> what its address holds; a name that is missing holds nothing."""
    return {name: address for area in areas() for name, address in getattr(area, "ADDRESSES", {}).items()}


def furnish(place: "Place", users: "Mapping[str, User]") -> None:
    """Makes in the place what the pages of every area show."""
    for area in areas():
        if hasattr(area, "furnish"):
            area.furnish(place, users)


def at(part: str) -> Address:
    """The page of that part of the place, say `contract`."""
    return lambda place: ({"pk": getattr(place, part).pk if place else NOWHERE}, {})


def about(part: str, word: str | None = None) -> Address:
    """The page that asks for that part by its code, in the query `word`."""
    return lambda place: ({}, {word or part: getattr(place, part).code} if place else {})


def row_of(model: type[Model]) -> Address:
    """The page of the first row of the place's resident."""
    return lambda place: ({"pk": first(model, resident=place.resident) if place else NOWHERE}, {})


def first(model: type[Model], **found_by: object) -> int:
    """The id of the first such row, or of none."""
    return model._default_manager.filter(**found_by).values_list("pk", flat=True).first() or NOWHERE
