"""The promise ledger: obligations follow from packages and terms, outcomes from services (docs/rules.md 5).

Both are derived: making or matching again changes nothing unless the facts did. Each works on thousands of coverages
at a time, whose rows it locks, so that two entries at once are matched one after the other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet

from contracts.matching import Given, Owed, match
from contracts.models import Coverage
from contracts.windows import windows

SQL = Path(__file__).parents[1] / "sql"
OWED = (SQL / "owed.sql").read_text()
MAKE_OBLIGATIONS = OWED + (SQL / "make_obligations.sql").read_text()
BEGIN_OBLIGATIONS = OWED + (SQL / "begin_obligations.sql").read_text()
WRITE_MATCHES = (SQL / "write_matches.sql").read_text()

# Coverages in one statement: a district is made in ten, and Python holds little of it at a time.
MADE_AT_ONCE = 20_000
MATCHED_AT_ONCE = 5_000


@transaction.atomic
def make_obligations(*, coverages: QuerySet[Coverage]) -> int:
    """Give the coverages the obligations of their packages and terms; how many were added, corrected or removed.

    Waivers and outcomes stay with obligations that stay. Matching is a step of its own: `match_services`.
    """
    return sum(_make(ids) for ids in _in_chunks(coverages, MADE_AT_ONCE))


@transaction.atomic
def match_services(
    *, coverages: QuerySet[Coverage] | None = None, pairs: Collection[tuple[int, int]] | None = None
) -> int:
    """Match services to obligations again; how many obligations have another outcome than before.

    Of the coverages (default: all), or of `pairs` of resident id and item id whose services changed.
    """
    if pairs is not None:
        residents, items = zip(*pairs, strict=True) if pairs else ((), ())
        return rematch(resident_ids=set(residents), item_ids=set(items))
    chosen = Coverage.objects.all() if coverages is None else coverages
    return sum(_match(ids) for ids in _in_chunks(chosen, MATCHED_AT_ONCE))


@transaction.atomic(savepoint=False)
def begin_ledger(*, coverage_ids: Collection[int]) -> None:
    """Make and match for coverages that this transaction has just written: nobody else sees them, so none is locked."""
    ids = sorted(coverage_ids)
    _execute(BEGIN_OBLIGATIONS, _windows_of(ids))
    if given := _services(ids, None):
        _write(_changed_outcomes(_obligations(ids, None), given))


@transaction.atomic
def rematch(*, resident_ids: Collection[int], item_ids: Collection[int]) -> int:
    """Match the services of these items to these residents again; how many obligations have another outcome."""
    chosen = Coverage.objects.filter(resident__in=resident_ids)
    return sum(_match(ids, item_ids) for ids in _in_chunks(chosen, MATCHED_AT_ONCE))


@transaction.atomic
def match_entered(*, services: Collection[tuple[int, int, date]]) -> int:
    """Match again where services were entered: resident id, item id, day. Coverages without that day stay as they are.

    For many at once; returns how many obligations have another outcome.
    """
    residents, items, days = map(list, zip(*services, strict=True)) if services else ([], [], [])
    rows = _fetch(
        """
        select distinct c.id
        from unnest(%s::bigint[], %s::date[]) as k(resident_id, day)
        join contracts_coverage c on c.resident_id = k.resident_id and k.day between c.start_on and c.end_on
        """,
        [residents, days],
    )
    chosen = Coverage.objects.filter(pk__in=[key for (key,) in rows])
    return sum(_match(ids, set(items)) for ids in _in_chunks(chosen, MATCHED_AT_ONCE))


def lock_ledger(resident_id: int) -> None:
    """Whoever is about to change one of the resident's services or obligations comes first here, as the matching does:
    two who lock the same rows in one order never wait for each other in a circle."""
    lock_ledgers([resident_id])


def lock_ledgers(resident_ids: Collection[int]) -> None:
    """`lock_ledger` for many residents."""
    _execute(
        "select from contracts_coverage where resident_id = any(%s) order by id for no key update", [list(resident_ids)]
    )


def _in_chunks(coverages: QuerySet[Coverage], size: int) -> Iterator[list[int]]:
    """Ids of the coverages, ascending, so that two who lock the same ones never wait for each other."""
    ids = list(coverages.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), size):
        chunk = ids[start : start + size]
        _execute("select from contracts_coverage where id = any(%s) order by id for no key update", [chunk])
        yield chunk


def _execute(sql: str, parameters: Sequence[Any] | dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def _fetch(sql: str, parameters: Sequence[Any] | dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _make(coverage_ids: list[int]) -> int:
    return _fetch(MAKE_OBLIGATIONS, _windows_of(coverage_ids))[0][0]


def _windows_of(coverage_ids: list[int]) -> dict[str, Any]:
    """What owed.sql asks for: the coverages, and the windows of their terms and frequencies."""
    terms = _fetch(
        """
        select distinct c.start_on, c.end_on, i.times_per_year
        from contracts_coverage c
        join contracts_coveragepackage h on h.coverage_id = c.id
        join service_packages_packageitem i on i.version_id = h.version_id
        where c.id = any(%s) and i.anchor = 'contract_year'
        """,
        [coverage_ids],
    )
    rows = [(*term, *window) for term in terms for window in windows(*term)]
    columns = zip(*rows, strict=True) if rows else ((),) * 5
    names = ("starts", "ends", "times", "opens", "dues")
    return {name: list(column) for name, column in zip(names, columns, strict=True)} | {"coverages": coverage_ids}


class _Outcome(NamedTuple):
    obligation_id: int
    met_by: int | None
    met_on: date | None


def _match(coverage_ids: list[int], item_ids: Collection[int] | None = None) -> int:
    """Match the chunk's services and write the outcomes that changed."""
    return _write(_changed_outcomes(_obligations(coverage_ids, item_ids), _services(coverage_ids, item_ids)))


def _write(outcomes: Iterable[_Outcome]) -> int:
    changed = list(outcomes)
    if changed:
        keys, met_by, met_on = map(list, zip(*changed, strict=True))
        _execute(WRITE_MATCHES, [keys, met_by, met_on])
    return len(changed)


def _obligations(coverage_ids: list[int], item_ids: Collection[int] | None) -> list[tuple[Any, ...]]:
    """Rows of coverage id, item id, the service that meets it and its date, then what makes it an `Owed`."""
    return _fetch(
        """
        select o.coverage_id, o.item_id, o.met_by_id, o.met_on,
               o.id, p.code, v.number, o.opens_on, o.due_on, o.waived_on
        from contracts_obligation o
        join contracts_coveragepackage h on h.id = o.held_id
        join service_packages_packageversion v on v.id = h.version_id
        join service_packages_package p on p.id = v.package_id
        where o.coverage_id = any(%s) and (%s or o.item_id = any(%s))
        order by o.coverage_id, o.item_id
        """,
        [coverage_ids, item_ids is None, list(item_ids or ())],
    )


def _services(coverage_ids: list[int], item_ids: Collection[int] | None) -> dict[tuple[int, int], list[Given]]:
    """(coverage id, item id) -> the services that count and lie within the coverage, cut by termination."""
    rows = _fetch(
        """
        select c.id, s.item_id, s.id, s.performed_on
        from contracts_coverage c
        cross join lateral (
            select s.item_id, s.id, s.performed_on
            from contracts_service s
            where s.resident_id = c.resident_id and s.performed_on between c.start_on and c.end_on and s.is_counted
              and (c.terminated_on is null or s.performed_on < c.terminated_on)
            offset 0  -- resident by resident: the planner would read all services of the district for each chunk
        ) s
        where c.id = any(%s) and (%s or s.item_id = any(%s))
        """,
        [coverage_ids, item_ids is None, list(item_ids or ())],
    )
    found = defaultdict(list)
    for coverage_id, item_id, key, performed_on in rows:
        found[coverage_id, item_id].append(Given(key, performed_on))
    return found


def _changed_outcomes(
    obligations: Iterable[tuple[Any, ...]], services: dict[tuple[int, int], list[Given]]
) -> Iterator[_Outcome]:
    for group, rows in groupby(obligations, key=itemgetter(0, 1)):
        owing = list(rows)
        met = match(map(_owed, owing), services[group]) if group in services else {}
        for _coverage, _item, met_by, met_on, key, *_owed_as in owing:
            service = met.get(key)
            outcome = (service.key, service.performed_on) if service else (None, None)
            if outcome != (met_by, met_on):
                yield _Outcome(key, *outcome)


def _owed(row: tuple[Any, ...]) -> Owed:
    _coverage, _item, _met_by, _met_on, key, code, number, opens_on, due_on, waived_on = row
    return Owed(key, (code, number), opens_on, due_on, waived_on)
