"""Counts of several lists, and a few short tables, in one query."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

COUNTED = '(select count(*) from ({sql}) as "{name}") as "{name}"'
READ = '(select json_agg(row_to_json("{name}")) from ({sql}) as "{name}") as "{name}"'


def read_all(
    lists: Mapping[str, QuerySet[Any]], tables: Mapping[str, QuerySet[Any]]
) -> tuple[dict[str, int], dict[str, list[dict[str, Any]]]]:
    """Name -> how many rows the list has, and name -> the rows of each table, a queryset of `values()`; days are texts
    there."""
    plain = {name: rows.order_by().values("pk") for name, rows in lists.items()}
    asked: list[str] = []
    parameters: list[Any] = []
    for name, rows in {**plain, **tables}.items():
        try:
            sql, values = rows.query.sql_with_params()
        except EmptyResultSet:
            continue
        asked.append((READ if name in tables else COUNTED).format(sql=sql, name=name))
        parameters += values
    found: dict[str, Any] = {}
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(f"select {', '.join(asked)}", parameters)
            found = dict(zip((column.name for column in cursor.description), cursor.fetchone(), strict=True))
    return {name: found.get(name) or 0 for name in lists}, {name: found.get(name) or [] for name in tables}
