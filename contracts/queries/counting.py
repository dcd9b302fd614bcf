"""Counts of several lists in one query."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def count_all(**lists: QuerySet[Any]) -> dict[str, int]:
    """Name -> how many rows the list has: what `count()` says of each, asked at once."""
    asked: list[str] = []
    parameters: list[Any] = []
    for name, rows in lists.items():
        try:
            sql, values = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue
        asked.append(f'(select count(*) from ({sql}) as "{name}") as "{name}"')
        parameters += values
    found = dict.fromkeys(lists, 0)
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(f"select {', '.join(asked)}", parameters)
            found |= dict(zip((column.name for column in cursor.description), cursor.fetchone(), strict=True))
    return found
