"""Steps that loaders share: rounds of repeated keys, codes that must be known, attributes that may change."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.text import format_lazy

from teams.imports.rows import Outcome, Rejection, Row

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Id = TypeVar("Id")
Key = TypeVar("Key", bound=Hashable)


def load_in_rounds(
    rows: Sequence[Row],
    key_of: Callable[[Row], Key],
    load: Callable[[list[Row]], None],
    told: Callable[[Collection[Key]], Mapping[Key, object]],
) -> None:
    """Load the rows so that a round holds each key once. `told`: key -> what the database tells of it, as a file would.

    Rows of a key that ends as it was have changed nothing (docs/rules.md, reading 22): they are not written at all.
    """
    turns = Counter(key_of(row) for row in rows)
    again = {key for key in turns if turns[key] > 1}
    before = told(again) if again else {}
    with transaction.atomic():
        _load_each(rounds(rows, key_of), load)
        after = told(again) if again else {}
        same = {key for key in again & before.keys() if after.get(key) == before[key]}
        transaction.set_rollback(bool(same))
    if same:
        others = [row for row in rows if key_of(row) not in same]
        for row in others:
            row.reset()
        _load_each(rounds(others, key_of), load)
        settle_repeated(((row, key_of(row)) for row in rows), same.__contains__)


def _load_each(groups: Iterable[list[Row]], load: Callable[[list[Row]], None]) -> None:
    for group in groups:
        load(group)


def rounds(rows: Iterable[Row], key_of: Callable[[Row], Hashable]) -> Iterator[list[Row]]:
    """The rows in rounds that hold each key once: the n-th row of a key is in the n-th round, like an n-th load."""
    seen: Counter[Hashable] = Counter()
    found: list[list[Row]] = []
    for row in rows:
        turn = seen[key_of(row)]
        seen[key_of(row)] += 1
        if turn == len(found):
            found.append([])
        found[turn].append(row)
    yield from found


def ids_by_code(queryset: QuerySet[Any], codes: Iterable[str], field: str = "code") -> dict[str, int]:
    """Code -> id of those of `codes` that are in the queryset."""
    wanted = {code for code in codes if code}
    return dict(queryset.filter(**{f"{field}__in": wanted}).values_list(field, "id")) if wanted else {}


def known(row: Row, column: str, ids: Mapping[str, Id], message: "StrOrPromise") -> Id:
    """What stands for the code in the row's column. Raises Rejection with the message, which has a place {code}."""
    return known_code(row[column], column, ids, message)


def known_code(code: str, column: str, ids: Mapping[str, Id], message: "StrOrPromise") -> Id:
    """Like `known`, for one code of a list."""
    found = ids.get(code)
    if found is None:
        raise Rejection(column, format_lazy(message, code=code))
    return found


def known_or_none(row: Row, column: str, ids: Mapping[str, Id], message: "StrOrPromise") -> Id | None:
    """Like `known`; None when the cell is empty."""
    return known(row, column, ids, message) if row[column] else None


def check_order(row: Row, first: str, second: str, message: "StrOrPromise") -> None:
    """Refuse a row whose date `second` lies before its date `first`; empty ones never do."""
    if row[first] and row[second] and row[second] < row[first]:
        raise Rejection(second, message)


def assign(instance: Model, values: Mapping[str, Any]) -> bool:
    """Set the attributes; whether any was different before."""
    changed = [name for name, value in values.items() if getattr(instance, name) != value]
    for name in changed:
        setattr(instance, name, values[name])
    return bool(changed)


def settle(row: Row, *, is_new: bool, is_changed: bool) -> None:
    """Set the outcome of a row that is in."""
    row.outcome = Outcome.CREATED if is_new else Outcome.UPDATED if is_changed else Outcome.UNCHANGED


def settle_repeated(keyed: Iterable[tuple[Row, Hashable]], is_as_before: Callable[[Any], bool]) -> None:
    """Rows of a key that ends as it was have changed nothing, whatever they said one after the other."""
    for row, key in keyed:
        if row.is_in and is_as_before(key):
            row.outcome = Outcome.UNCHANGED


def values_of(rows: Sequence[Row], *columns: str) -> set[Any]:
    """The different values of some columns."""
    return {row[column] for row in rows for column in columns if row[column]}
