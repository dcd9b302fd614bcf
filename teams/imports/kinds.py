"""What can be imported: every app registers its kinds when Django starts."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, cast

from django.db.models import Model
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.imports.columns import Column
from teams.imports.rows import Row
from teams.models import Role, User
from teams.models.accounts import SystemAccount
from teams.rules import RuleViolation
from teams.workbooks import TemplateColumn

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from teams.imports.undo import Undo

Account = User | SystemAccount

BATCH_ROWS = 1000


class Loader(ABC):
    """One file of a kind on its way in. Made anew for each run; sees what `by` sees.

    `load` writes the rows of one batch, in the file's order as far as that matters, within a transaction that the
    engine opens, and gives each row its outcome. It may be called again with the same rows when the transaction failed,
    so what later rows must agree with is kept by `remember`, which is called after the commit (and, when a killed run
    is resumed, for the batches that are in already).
    """

    remembers = False  # whether `remember` does anything

    def __init__(self, by: Account) -> None:
        self.by = cast(User, by)  # `visible_to` asks its scope only, which the system account has, too

    @abstractmethod
    def load(self, rows: Sequence[Row]) -> None:
        """Write the rows and set their outcomes."""

    def remember(self, rows: Sequence[Row]) -> None:  # noqa: B027 - a hook, most loaders have nothing to remember
        """Keep what later rows of the file must agree with."""


@dataclass(frozen=True)
class Kind:
    """A kind of file. `models` are the tables whose new rows get ids of the county's block (docs/scale.md).

    A batch has `batch_rows` rows (None: the whole file, for kinds whose rows refer to each other), and goes on while
    the column `group` (the household, the contract) stays the same. `is_of_district` kinds are the district's own: only
    accounts that see it whole may import them.

    Of the tables, `derived` follow from the others: the context manager `rederive`, within which an import is taken
    back, makes them again. `shown` are lists of links that a preview shows: (column of the file, field that is linked).
    """

    code: str
    title: "StrOrPromise"
    order: int
    columns: tuple[Column, ...]
    loader: type[Loader]
    _: KW_ONLY
    models: tuple[type[Model], ...]
    roles: tuple[Role, ...] = (Role.ADMINISTRATOR,)
    is_of_district: bool = False
    batch_rows: int | None = BATCH_ROWS
    group: str = ""
    derived: tuple[type[Model], ...] = ()
    rederive: "Callable[[Undo], AbstractContextManager[None]] | None" = None
    shown: Mapping[type[Model], tuple[str, str]] = field(default_factory=dict)

    @property
    def traced(self) -> tuple[type[Model], ...]:
        """The tables whose new rows an import keeps a list of."""
        return tuple(table for table in self.models if table not in self.derived)

    def column(self, name: str) -> Column | None:
        """The column of that English name."""
        return next((column for column in self.columns if column.name == name), None)

    def allows(self, by: Account) -> bool:
        """Whether an account may import the kind at all."""
        return by.has_role(*self.roles) and (by.scope.is_district or not self.is_of_district)

    def template(self) -> tuple[list[TemplateColumn], dict[str, object]]:
        """The columns of the template to download and its sample row."""
        sample = {column.name: column.sample for column in self.columns}
        return [column.for_template() for column in self.columns], sample


_kinds: dict[str, Kind] = {}


def register(*added: Kind) -> None:
    """Make kinds known."""
    _kinds.update({kind.code: kind for kind in added})


def all_kinds() -> list[Kind]:
    """Every kind, in the order in which a district loads them."""
    return sorted(_kinds.values(), key=lambda kind: kind.order)


def kinds_for(by: Account) -> list[Kind]:
    """The kinds that an account may import."""
    return [kind for kind in all_kinds() if kind.allows(by)]


def find_kind(code: str) -> Kind:
    """The kind of that code. Raises RuleViolation `import.unknown_kind`, which lists the kinds."""
    try:
        return _kinds[code]
    except KeyError:
        known = ", ".join(kind.code for kind in all_kinds())
        message = format_lazy(_("“{kind}” is not a kind of file. There are: {known}."), kind=code, known=known)
        raise RuleViolation("import.unknown_kind", message) from None
