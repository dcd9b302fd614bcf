"""What a row would change, as a person reads it: before and after, for the preview of an import.

A row is tried by itself and taken back; the row history tells what stood there, whatever the kind.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models.fields.related import ForeignKey
from django.utils.translation import gettext as _

from teams import cipher
from teams.imports.engine import take_back
from teams.imports.kinds import Kind, Loader
from teams.imports.rows import Outcome, Row
from teams.imports.traces import Marks, made_since, mark
from teams.logs import without_identities
from teams.phones import mask_phone

SAMPLED = 20
LONGEST = 60
FIELD = "import_sample"
_CIPHER = "_cipher"
_DERIVED = ("_hash", "initials", "person", "phone_problem")  # they follow from what is shown


class Change(NamedTuple):
    """A field before and after; `name` is that of the table's field. Of a link one side is empty: added or removed."""

    table: str
    name: str
    before: object
    after: object


class Changed(NamedTuple):
    """A sampled row: its number, what it is about (identities masked), what it changes."""

    number: int
    about: str
    changes: list[Change]


def changes_of(row: Row, loader: Loader, kind: Kind, context: UUID) -> Changed | None:
    """What the row by itself changes; None when by itself it changes nothing that is shown. Nothing goes in."""
    alone = Row(row.number, row.cells, dict(row.values))
    try:
        with transaction.atomic():
            marks = mark(list(kind.shown))
            loader.load([alone])
            changes = list(_changes(context, kind, marks)) if alone.outcome == Outcome.UPDATED else []
            take_back()
    except IntegrityError:  # only together with its neighbours
        return None
    return Changed(row.number, _about(row, kind), changes) if changes else None


def pack(rows: list[Changed]) -> bytes:
    """Sampled rows, encrypted."""
    return cipher.encrypt(json.dumps(rows, default=str, ensure_ascii=False), field=FIELD)


def unpack(sample: cipher.Blob, kind: Kind, language: str) -> list[dict[str, Any]]:
    """What `pack` kept, in words: of each row a dict number, about, changes (dicts label, before, after)."""
    rows = json.loads(cipher.decrypt(sample, field=FIELD)) if sample else []
    return [
        {"number": number, "about": about, "changes": [_worded(Change(*each), kind, language) for each in changes]}
        for number, about, changes in rows
    ]


def _about(row: Row, kind: Kind) -> str:
    """The first two columns that must be filled in, masked."""
    texts = []
    for column in [column for column in kind.columns if column.required][:2]:
        text = str(row.cells.get(column.name) or "")
        texts.append(column.mask(text) if column.mask else without_identities(text))
    return " ".join(texts)[:LONGEST]


def _changes(context: UUID, kind: Kind, marks: Marks) -> Iterator[Change]:
    for table in kind.models:
        for label, before in _history(table, context):
            if label == "update":
                yield from _differences(table, before)
            elif table in kind.shown:
                yield Change(table._meta.label_lower, kind.shown[table][0], _link(table, before, kind), "")
    for table, ids in made_since(marks).items():
        for row in table._default_manager.filter(pk__in=ids):
            yield Change(table._meta.label_lower, kind.shown[table][0], "", _link(table, vars(row), kind))


def _history(table: type[models.Model], context: UUID) -> list[tuple[str, dict[str, Any]]]:
    """(label, row as it was) of the rows that were changed or removed."""
    tracked = getattr(table, "pgh_event_models", None)
    if not tracked:
        return []
    events = next(iter(tracked.values())).objects.filter(pgh_context_id=context).order_by("pgh_id")
    return [(row.pop("pgh_label"), row) for row in events.values()]


def _differences(table: type[models.Model], before: dict[str, Any]) -> Iterator[Change]:
    now = table._default_manager.filter(pk=before["id"]).values().first() or {}
    for field in table._meta.concrete_fields:
        name = field.attname
        if name.endswith(_DERIVED) or name not in before or before[name] == now.get(name):
            continue
        yield Change(table._meta.label_lower, field.name, _shown(field, before[name]), _shown(field, now.get(name)))


def _link(table: type[models.Model], row: dict[str, Any], kind: Kind) -> object:
    """What a row of a list (a member, a package held) names."""
    field: Any = table._meta.get_field(kind.shown[table][1])
    return _shown(field, row[field.attname])


def _shown(field: Any, value: Any) -> object:
    """A value for a page: what a key names, a number that may be called masked."""
    if value is None:
        return ""
    if isinstance(field, ForeignKey):
        return str(field.related_model._default_manager.filter(pk=value).first() or value)[:LONGEST]
    if field.name.endswith(_CIPHER):
        return mask_phone(cipher.decrypt(value, field=field.name.removesuffix(_CIPHER)))
    if isinstance(value, bool | int):
        return value
    return value.isoformat() if isinstance(value, date) else without_identities(str(value))[:LONGEST]


def _worded(change: Change, kind: Kind, language: str) -> dict[str, str]:
    column = _column(change.name, kind)
    field = _field(change)
    label = (column.name if language == "en" else column.label) if column else str(field.verbose_name if field else "")
    before, after = (_value(value, field) for value in (change.before, change.after))
    return {"label": label, "before": before, "after": after}


def _column(name: str, kind: Kind) -> Any:
    """The column of the file that stands behind a field."""
    bare = name.removesuffix(_CIPHER)
    names = (bare, *(f"{bare}{ending}" for ending in ("_code", "_no", "_staff_no", "_id_number")))
    return next(filter(None, (kind.column(name) for name in names)), None)


def _field(change: Change) -> Any:
    table = apps.get_model(change.table)
    return next((field for field in table._meta.concrete_fields if field.name == change.name), None)


def _value(value: object, field: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(dict(field.flatchoices).get(value, value)) if field and field.flatchoices else str(value)
