"""The table of expectations, area by area. Each module of this package holds the lines of its area:

- TABLE: the lines, in the columns of `tests.access_table.TABLE`;
- ADDRESSES: path arguments and query of its pages, as `tests.access_table.ADDRESSES`;
- furnish(place, users): makes, in a centre of the test's district, what its pages show.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from teams.models import User
    from tests.accounts import Place


class Area(Protocol):
    """What a module of this package offers."""

    TABLE: str
    ADDRESSES: "Mapping[str, Callable[[Place | None], tuple[Mapping[str, object], Mapping[str, object]]]]"

    def furnish(self, place: "Place", users: "Mapping[str, User]") -> None: ...


def areas() -> list[Area]:
    """Every module of this package, by name."""
    return [cast(Area, import_module(f"{__name__}.{module.name}")) for module in iter_modules(__path__)]
