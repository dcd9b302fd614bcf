"""How far tables have come: what is kept under a stamp is counted anew as soon as somebody writes to one of them."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Model


def stamp(rows: Iterable[type[Model]], corrections: Iterable[type[Model]] = ()) -> list[list[int]]:
    """Of each table how many rows there are and the last one; of its changes and removals the same, of `corrections`
    only these. One query.

    A change is what the history keeps (`teams.history`). Tables without a history must only be added to. The last row
    alone would not do: of two who write at once, the earlier may be done later.
    """
    rows = list(rows)
    asked = [*rows, *(event for model in (*rows, *corrections) for event in _events(model))]
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(_reach(model) for model in asked)}")
        return list(cursor.fetchone() or ())


def _reach(model: type[Model]) -> str:
    key = model._meta.pk.column
    assert key is not None
    column, table = connection.ops.quote_name(key), connection.ops.quote_name(model._meta.db_table)
    return f"(select array[count(*), coalesce(max({column}), 0)] from {table})"


def _events(model: type[Model]) -> list[type[Model]]:
    return list(getattr(model, "pgh_event_models", {}).values())
