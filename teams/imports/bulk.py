"""Many rows at once: copied into a staging table, then written by one statement, so that row history sees them."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
STAGING = "import_staging"


def insert(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Sequence[Sequence[object]],
    returning: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Insert rows whose values are in the order of `fields` (attribute names: `item_id`); the columns `returning`."""
    if not rows:
        return []
    types = column_types(model, fields)
    names = ", ".join(f'"{name}"' for name in types)
    sql = f"insert into {model._meta.db_table} ({names}) select {names} from {STAGING}"
    with staged(types, rows), connection.cursor() as cursor:
        cursor.execute(f"{sql} returning {', '.join(returning)}" if returning else sql)
        return cursor.fetchall() if returning else []


def update(model: type[models.Model], fields: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Update rows by id: each is the id, then the values in the order of `fields`."""
    if not rows:
        return
    types = column_types(model, fields)
    changes = ", ".join(f'"{name}" = s."{name}"' for name in types)
    with staged({"id": "bigint", **types}, rows), connection.cursor() as cursor:
        cursor.execute(f"update {model._meta.db_table} t set {changes} from {STAGING} s where t.id = s.id")


def fetch(sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of a query with named parameters."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def column_types(model: type[models.Model], fields: Sequence[str]) -> dict[str, str]:
    """Column name -> its type in the database, in the order of `fields`."""
    known = {field.attname: field for field in model._meta.concrete_fields}
    return {str(known[name].column): str(known[name].db_type(connection)) for name in fields}


@contextmanager
def staged(types: Mapping[str, str], rows: Iterable[Sequence[object]]) -> Iterator[None]:
    """The rows in the temporary table STAGING, for the length of a `with` block within a transaction."""
    columns = ", ".join(f'"{name}" {type_}' for name, type_ in types.items())
    with connection.cursor() as cursor:
        cursor.execute(f"create temporary table {STAGING} ({columns}) on commit drop")
        lines = "".join(["\t".join(map(_copy_text, row)) + "\n" for row in rows])
        cursor.copy_expert(f"copy {STAGING} from stdin", io.StringIO(lines))
        yield
        cursor.execute(f"drop table {STAGING}")


def _copy_text(value: object) -> str:
    """A value in the text format of COPY."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    return str(value)
