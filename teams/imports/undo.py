"""Takes an import back: new rows go, changed ones become what they were (docs/adr/0011).

Which rows are new stands in the import's traces, what stood in the others in the row history. Both are exact, so that
import and undo together leave every table as it was.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import connection, models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.imports import bulk
from teams.imports.kinds import Kind, all_kinds
from teams.models import Import, ImportTrace
from teams.rules import RuleViolation

Table = type[models.Model]

DELETED_AT_ONCE = 2000

_REFERS = _("{name}: later entries that depend on its rows: {count}")
_CHANGED = _("{name}: rows of it changed later: {count}, last by {by} on {day}")
_UNKNOWN = _("somebody")
_DEPENDED_ON = _("It cannot be taken back. {reasons}. Take that back first, then undo this import.")

# Rows as they were before the first change of some contexts.
_BEFORE = """
    with before as (
        select distinct on (pgh_obj_id) {columns} from {history}
        where pgh_obj_id = any(%s) and pgh_context_id = any(%s::uuid[]) order by pgh_obj_id, pgh_id
    )
"""
# A row that was there before counts from the import's first change of it on, a new one from its beginning.
_LATER_CHANGES = """
    with own as (
        select id, 0 as since from unnest(%(created)s::bigint[]) as k(id)
        union all
        select pgh_obj_id, min(pgh_id) from {history}
        where pgh_obj_id = any(%(changed)s) and pgh_context_id = any(%(contexts)s::uuid[]) group by pgh_obj_id
    ), undone as (
        select t.context from teams_importtrace t join teams_import i on i.id = t.imported_id where i.status = 'undone'
    )
    select count(distinct h.pgh_obj_id), (array_agg(c.metadata ->> 'by' order by h.pgh_id desc))[1],
        max(h.pgh_created_at)
    from own
    join {history} h on h.pgh_obj_id = own.id and h.pgh_id > own.since
    left join pghistory_context c on c.id = h.pgh_context_id
    where h.pgh_context_id is null
        or (h.pgh_context_id <> all(%(contexts)s::uuid[]) and h.pgh_context_id not in (select context from undone))
"""


class Undo:
    """An import with everything that it made and changed. Use within one transaction."""

    def __init__(self, imported: Import, kind: Kind) -> None:
        self.kind = kind
        self.created: dict[Table, list[int]] = defaultdict(list)
        traces = imported.traces.values_list("table", "context", "ids")
        for table, _context, ids in traces:
            self.created[apps.get_model(table)] += ids
        self.contexts = sorted({context for _table, context, _ids in traces})
        self.changed = {table: self._changed(table) for table in _tracked()}

    def check(self) -> None:
        """Raises RuleViolation `import.depended_on`, which names what came later and would be lost. Locks the rows."""
        for table in self._touched():
            _lock(table, self._ids(table))
        found = [self._later_changes(table) for table in self._touched()]
        for table, ids in self.created.items():
            found += [self._references(field, ids) for field in _references_to(table)] if ids else []
        if hindrances := [hindrance for hindrance in found if hindrance]:
            raise depended_on(hindrances)

    def check_alone(self, table: Table, ids: Sequence[int]) -> None:
        """Raises RuleViolation `import.depended_on` when something refers to rows that go along."""
        for field in _references_to(table):
            if hindrance := self._references(field, ids):
                raise depended_on([hindrance])

    def run(self) -> None:
        """Take it back. What follows from its rows (obligations, matches) is made again by the kind."""
        with self.kind.rederive(self) if self.kind.rederive else nullcontext():
            tables = _children_first(self._touched())
            for table in tables:
                _delete(table, self.created.get(table, ()))
                if self.changed.get(table):
                    _put_back(table, self.changed[table], self.contexts)
            for table in reversed(tables):
                if self.changed.get(table):
                    _bring_back(table, self.changed[table], self.contexts)

    def _ids(self, table: Table) -> list[int]:
        return [*self.created.get(table, ()), *self.changed.get(table, ())]

    def _touched(self) -> list[Table]:
        return [table for table in {**self.created, **self.changed} if self._ids(table)]

    def _changed(self, table: Table) -> list[int]:
        """Ids of the rows that were there before and that the import changed or removed."""
        sql = f"select distinct pgh_obj_id from {_history_of(table)} where pgh_context_id = any(%(contexts)s::uuid[])"
        new = set(self.created.get(table, ()))
        return [key for (key,) in bulk.fetch(sql, contexts=_texts(self.contexts)) if key not in new]

    def _later_changes(self, table: Table) -> Promise | None:
        """Changes of the rows after the import's own, but for those of imports that were undone themselves."""
        if table not in self.changed:
            return None
        ((count, by, last),) = bulk.fetch(
            _LATER_CHANGES.format(history=_history_of(table)),
            created=self.created.get(table, []),
            changed=self.changed[table],
            contexts=_texts(self.contexts),
        )
        if not count:
            return None
        day = timezone.localtime(last).date()
        return format_lazy(_CHANGED, name=name_of(table), count=count, by=by or _UNKNOWN, day=day)

    def _references(self, field: Any, ids: Sequence[int]) -> Promise | None:
        """Rows of others that point to new rows of the import by a foreign key."""
        table = field.model
        if table in self.kind.derived:
            return None
        ((count,),) = bulk.fetch(
            f"""
            select count(*) from unnest(%(ids)s::bigint[]) as k(id)
            join {table._meta.db_table} r on r."{field.column}" = k.id
            where not exists (select from unnest(%(own)s::bigint[]) as o(id) where o.id = r.{table._meta.pk.column})
            """,
            ids=ids,
            own=self._ids(table),
        )
        return format_lazy(_REFERS, name=name_of(table), count=count) if count else None


def depended_on(reasons: Sequence[Promise]) -> RuleViolation:
    """The refusal that names the reasons, each a sentence without its end."""
    listed = reasons[0]
    for reason in reasons[1:]:
        listed = format_lazy("{before}; {reason}", before=listed, reason=reason)
    return RuleViolation("import.depended_on", format_lazy(_DEPENDED_ON, reasons=listed))


def name_of(table: Table) -> str | Promise:
    """What a person calls the rows of a table: the kind of file that holds them, or their own name."""
    titles = (kind.title for kind in all_kinds() if table in kind.models)
    return next(titles, table._meta.verbose_name or "")


def _tracked() -> list[Table]:
    return [table for table in apps.get_models() if getattr(table, "pgh_event_models", None)]


def _history_of(table: Table) -> str:
    return _events(table)._meta.db_table


def _events(table: Table) -> Table:
    events: Mapping[str, Table] = table.pgh_event_models  # type: ignore[attr-defined]
    return next(iter(events.values()))


def _references_to(table: Table, *, derived: bool = False) -> Iterator[Any]:
    """Foreign keys to a table, of facts or of what is `derived` from them (a model says so by `is_derived`).

    Those of the history and of computed months are neither: they are kept as they are.
    """
    relation: Any
    for relation in table._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        owner: Any = relation.related_model
        if not owner._meta.managed or hasattr(owner, "pgh_tracked_model"):
            continue
        if getattr(owner, "is_derived", False) == derived:
            yield relation.field


def _lock(table: Table, ids: Sequence[int]) -> None:
    """Nobody refers to the rows or changes them until the transaction ends."""
    _execute(f"select from {table._meta.db_table} where id = any(%s) order by id for update", [list(ids)])


def _children_first(tables: Sequence[Table]) -> list[Table]:
    """The tables in an order in which each comes before those that it refers to."""
    ordered: list[Table] = []

    def visit(table: Table) -> None:
        if table in ordered:
            return
        for field in _references_to(table):
            if field.model in tables and field.model is not table:
                visit(field.model)
        ordered.append(table)

    for table in tables:
        visit(table)
    return ordered


def _delete(table: Table, ids: Sequence[int]) -> None:
    """Remove rows, with what is derived from them."""
    with _references_checked_at_once(table):
        for start in range(0, len(ids), DELETED_AT_ONCE):
            some = list(ids[start : start + DELETED_AT_ONCE])
            for field in _references_to(table, derived=True):
                _execute(f'delete from {field.model._meta.db_table} where "{field.column}" = any(%s)', [some])
            _execute(f"delete from {table._meta.db_table} where id = any(%s)", [some])


@contextmanager
def _references_checked_at_once(table: Table) -> Iterator[None]:
    """Within it the database checks foreign keys of others to the table with each statement: nothing of this import
    refers to the rows any more. Checks put off to the end make the history's trigger slower with each of them."""
    names = bulk.fetch(
        "select quote_ident(conname) from pg_constraint"
        " where contype = 'f' and condeferrable and confrelid = %(name)s::regclass and conrelid <> confrelid",
        name=table._meta.db_table,
    )
    listed = ", ".join(name for (name,) in names)
    if listed:
        _execute(f"set constraints {listed} immediate", [])
    yield
    if listed:
        _execute(f"set constraints {listed} deferred", [])


def _put_back(table: Table, ids: Sequence[int], contexts: Sequence[UUID]) -> None:
    """Make rows that are still there what they were before the first of the contexts' changes."""
    columns = _kept_columns(table)
    if any(isinstance(constraint, ExclusionConstraint) for constraint in table._meta.constraints):
        _step_back(table, columns, ids, contexts)
        return
    changes = ", ".join(f"{column} = b.{column}" for column in columns)
    before = _BEFORE.format(columns=", ".join(columns), history=_history_of(table))
    _execute(
        f"{before} update {table._meta.db_table} t set {changes} from before b where t.id = b.id",
        [list(ids), _texts(contexts)],
    )


def _bring_back(table: Table, ids: Sequence[int], contexts: Sequence[UUID]) -> None:
    """Insert rows again that are gone, as they were before the first of the contexts' changes."""
    name, columns = table._meta.db_table, ", ".join(_kept_columns(table))
    before = _BEFORE.format(columns=columns, history=_history_of(table))
    _execute(
        f"{before} insert into {name} ({columns}) select * from before b"
        f" where not exists (select from {name} t where t.id = b.id)",
        [list(ids), _texts(contexts)],
    )


def _step_back(table: Table, columns: Sequence[str], ids: Sequence[int], contexts: Sequence[UUID]) -> None:
    """Like `_put_back`, change by change from the last: rows that may not overlap made room for each other in turns."""
    name, history, listed = table._meta.db_table, _history_of(table), ", ".join(columns)
    steps = bulk.fetch(
        f"select pgh_id from {history} where pgh_obj_id = any(%(ids)s) and pgh_label = 'update'"
        " and pgh_context_id = any(%(contexts)s::uuid[]) order by pgh_id desc",
        ids=list(ids),
        contexts=_texts(contexts),
    )
    old = f"select {listed} from {history} where pgh_id = %s"
    for (step,) in steps:
        _execute(
            f"update {name} t set ({listed}) = ({old}) from {history} h where h.pgh_id = %s and t.id = h.pgh_obj_id",
            [step, step],
        )


def _kept_columns(table: Table) -> list[str]:
    """The columns that the history keeps; others are derived."""
    kept = {field.column for field in _events(table)._meta.concrete_fields}
    return [f'"{field.column}"' for field in table._meta.concrete_fields if field.column in kept]


def _texts(contexts: Sequence[UUID]) -> list[str]:
    return [str(context) for context in contexts]


def _execute(sql: str, parameters: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def keep_context(imported: Import, context: UUID) -> None:
    """Note under which context of the row history an import was taken back: to those before it that changes nothing."""
    ImportTrace.objects.create(imported=imported, table="teams.import", context=context)
