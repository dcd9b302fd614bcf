"""Walks an import through its states as a page and the worker do, and looks at what the tables hold."""

from django.apps import apps
from django.db import connection

from teams import tasks
from teams.actions import imports
from teams.imports import find_kind
from teams.models import Import, User

APPS = ("teams", "residents", "service_packages", "contracts", "assessments")
# What tells of the work itself, and what is looked for anew every night.
ASIDE = ("import", "audit", "submission", "problem", "user", "residentmonth", "coveragemonth", "figure")


def send(by: User, kind: str, *lines: str, filename: str = "a.csv") -> Import:
    """A file that waits for its check."""
    content = "\n".join(lines).encode()
    return imports.request(kind=find_kind(kind), content=content, filename=filename, by=by)


def check(by: User, kind: str, *lines: str) -> Import:
    """A file that was checked."""
    return work(send(by, kind, *lines))


def put_in(by: User, kind: str, *lines: str) -> Import:
    """A file that went in."""
    return work(imports.confirm(imported=check(by, kind, *lines), by=by))


def correct(by: User, imported: Import, *lines: str) -> Import:
    """An import that went on with corrected rows."""
    content = "\n".join(lines).encode()
    return work(imports.correct(imported=imported, content=content, filename="b.csv", by=by))


def undo(by: User, imported: Import) -> Import:
    """An import that was taken back, or not."""
    return work(imports.ask_to_undo(imported=imported, by=by))


def work(imported: Import) -> Import:
    """The import after the worker was at it."""
    tasks.run_import(imported.pk)
    imported.refresh_from_db()
    return imported


def totals(imported: Import) -> tuple[int, int, int, int, int]:
    """Rows, created, updated, unchanged, rejected."""
    return imported.rows, imported.created, imported.updated, imported.unchanged, imported.rejected


def contents() -> dict[str, list[str]]:
    """Every row of every table of facts, as texts. Obligations and charges that are made again get other ids."""
    found = {}
    for model in apps.get_models():
        table = model._meta.db_table
        name = model._meta.model_name
        if model._meta.app_label not in APPS or name.endswith("event") or name.startswith(ASIDE):
            continue
        with connection.cursor() as cursor:
            shown = "to_jsonb(t) - 'id'" if name == "obligation" else "to_jsonb(t)"
            cursor.execute(f"select ({shown})::text from {table} t order by 1")
            found[table] = [row for (row,) in cursor.fetchall()]
    return found
