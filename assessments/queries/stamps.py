"""How far tables have come: what is kept under a stamp is counted anew as soon as somebody writes to one of them."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Model


def stamp(rows: Iterable[type[Model]], corrections: Iterable[type[Model]] = ()) -> list[int]:
    """Of each table the last row added and the last change or removal; of `corrections` only the latter. One query.

    A change is what the history keeps (`teams.history`). Tables without a history must only be added to.
    """
    rows = list(rows)
    asked = [_last(model) for model in rows]
    asked += [_last(event) for model in (*rows, *corrections) for event in _events(model)]
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(asked)}")
        return list(cursor.fetchone() or ())


def _last(model: type[Model]) -> str:
    key = model._meta.pk.column
    assert key is not None
    column, table = connection.ops.quote_name(key), connection.ops.quote_name(model._meta.db_table)
    return f"coalesce((select max({column}) from {table}), 0)"


def _events(model: type[Model]) -> list[type[Model]]:
    return list(getattr(model, "pgh_event_models", {}).values())
