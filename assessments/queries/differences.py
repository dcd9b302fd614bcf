"""The difference between two computations of one month: which figures, and who stands otherwise in one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, Q, QuerySet, When

from assessments.indicators import Indicator
from assessments.models import Month, Revision
from assessments.queries.figures import Count, counts_in
from assessments.queries.people import covering_team, households, in_unit, mask_of, rows_of
from assessments.queries.places import places_of
from assessments.queries.units import Selection
from teams.exports import ROWS_AT_ONCE


@dataclass(frozen=True)
class Changed:
    """A figure in both computations; a unit that one of them doesn't have counts as 0 / 0."""

    was: Count
    now: Count


@dataclass(frozen=True)
class Moved:
    """A person (or a contract, answer or call of theirs): what they counted in numerator and denominator before, and
    count now. None: whoever said it in confidence."""

    resident_id: int | None
    was: tuple[int, int]
    now: tuple[int, int]


def then_and_now(month: Month) -> tuple[Revision, Revision] | None:
    """The frozen revision and the latest one beside it; None while nothing was computed after the freeze."""
    frozen = month.current
    if frozen is None or frozen.frozen_at is None:
        return None
    latest = latest_computed(month)
    return (frozen, latest) if latest and latest.pk != frozen.pk else None


def latest_computed(month: Month) -> Revision | None:
    """The revision with rows that was computed last: what is known now."""
    return month.revisions.filter(status=Revision.Status.DONE).order_by("-number").first()


def changed_figures(old: Revision, new: Revision, selection: Selection) -> list[Changed]:
    """Figures of the selected unit that differ, in the order of indicators and categories."""
    before, after = (counts_in(revision, selection.unit) for revision in (old, new))
    pairs = (
        Changed(before.get(key, Count(key, 0, 0)), after.get(key, Count(key, 0, 0)))
        for key in sorted(before.keys() | after.keys())
    )
    return [pair for pair in pairs if pair.was != pair.now]


def moved(
    old: Revision, new: Revision, selection: Selection, indicator: Indicator, *, offset: int = 0, limit: int = 50
) -> tuple[int, list[Moved]]:
    """How many stand otherwise in the figure of the selected unit and category, and some of them in a stable order."""
    sql, parameters = _moved_sql(old, new, selection, indicator)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} offset %s limit %s", [*parameters, offset, limit])
        rows = cursor.fetchall()
    return rows[0][5] if rows else 0, [_moved(row) for row in rows]


def all_moved(old: Revision, new: Revision, selection: Selection, indicator: Indicator) -> Iterator[Moved]:
    """Everybody who stands otherwise, in the same order, some thousands in memory at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(*_moved_sql(old, new, selection, indicator))
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from map(_moved, rows)


def _moved(row: tuple) -> Moved:
    return Moved(row[0], (int(row[1]), int(row[2])), (int(row[3]), int(row[4])))


def _moved_sql(old: Revision, new: Revision, selection: Selection, indicator: Indicator) -> tuple[str, list[Any]]:
    """SQL with its parameters: resident, numerator and denominator before, then now, and how many rows there are."""
    key = rows_of(indicator).model.KEY
    (old_sql, old_parameters), (new_sql, new_parameters) = (
        _shares(revision, selection, indicator, key).query.sql_with_params() for revision in (old, new)
    )
    sql = f"""
        with o as ({old_sql}), n as ({new_sql})
        select coalesce(o.resident_id, n.resident_id), coalesce(o.num, 0), coalesce(o.den, 0),
               coalesce(n.num, 0), coalesce(n.den, 0), count(*) over ()
        from o full join n on n.{key} = o.{key}
        where (coalesce(o.num, 0), coalesce(o.den, 0)) <> (coalesce(n.num, 0), coalesce(n.den, 0))
        order by coalesce(o.resident_id, n.resident_id), coalesce(o.{key}, n.{key})
    """
    return sql, [*old_parameters, *new_parameters]


def _shares(revision: Revision, selection: Selection, indicator: Indicator, key: str) -> QuerySet[Any]:
    """What each row of the unit adds to numerator and denominator, by the measures that make the figure."""
    mask = mask_of(selection)
    register = mask if indicator.by_register else 0
    covering = covering_team(selection, indicator)
    counts = f"(categories & {mask}) <> 0" if mask else "true"
    covered = counts if covering is None else f"{counts} and team_id = {int(covering)}"
    rows: QuerySet[Any] = rows_of(indicator).visible_to(selection.user).filter(revision=revision)
    rows = rows.filter(in_unit(selection.unit, places_of(revision), served=covering is not None))
    if of_team := households(selection, indicator, revision):
        counting, covered_by_it = of_team
        rows = rows.annotate(num=_one_where(counting & covered_by_it), den=_one_where(counting))
    else:
        rows = rows.extra(
            select={
                "num": f"case when {covered} then {indicator.numerator.value(register)} else 0 end",
                "den": f"case when {counts} then {indicator.denominator.value(register)} else 0 end",
            }
        )
    return rows.order_by().values(*dict.fromkeys((key, "resident_id", "num", "den")))


def _one_where(condition: Q) -> Case:
    return Case(When(condition, then=1), default=0)
