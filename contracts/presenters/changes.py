"""Changes of a resident in words: fields before and after, identities masked."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.queries.changes import SOURCES
from residents.categories import category_names
from residents.identity import mask_id_number
from teams.cipher import decrypt
from teams.phones import mask_phone
from teams.queries.changes import RowChange

# What follows from other fields, or says nothing to a reader.
HIDDEN = {"id", "person", "id_hash", "phone_hash", "initials", "entered_at", "resident"}
MASKS = {"id_cipher": ("id_number", mask_id_number), "phone_cipher": ("phone", mask_phone)}
LABELS = {
    "id_cipher": gettext_lazy("ID number"),
    "phone_cipher": gettext_lazy("Phone"),
    "household": gettext_lazy("Household"),
    "village": gettext_lazy("Village"),
    "institution": gettext_lazy("Institution"),
    "merged_into": gettext_lazy("Merged into"),
    "contract": gettext_lazy("Contract"),
    "item": gettext_lazy("Service"),
    "staff": gettext_lazy("Staff"),
}
NOUNS = {
    "resident": gettext_lazy("Record"),
    "register": gettext_lazy("Register"),
    "transfer": gettext_lazy("Transfer"),
    "coverage": gettext_lazy("Contract"),
    "service": gettext_lazy("Service"),
}


def lines(changes: list[RowChange]) -> list[dict[str, Any]]:
    """Dicts at, by, address, noun, is_deleted, fields (label, before, after) of `contracts/person_changes.html`."""
    names = category_names()
    found = []
    for change in changes:
        fields = list(_fields(change, names))
        if fields or change.after is None:
            found.append(
                {
                    "at": change.at,
                    "by": change.by or _("unknown"),
                    "address": change.context.get("address") or "",
                    "is_import": change.context.get("source") == "import",
                    "noun": NOUNS[_model(change)._meta.model_name or ""],
                    "is_deleted": change.after is None,
                    "fields": fields,
                }
            )
    return found


def _fields(change: RowChange, names: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Fields that differ; of a deleted row all that stood in it."""
    model = _model(change)
    for field in model._meta.concrete_fields:
        if field.name in HIDDEN:
            continue
        before = _text(model, change.before, field, names)
        after = "" if change.after is None else _text(model, change.after, field, names)
        if before != after:
            yield str(LABELS.get(field.name) or field.verbose_name), before or "—", after or "—"


def _model(change: RowChange) -> type[models.Model]:
    model: type[models.Model] = change.before.pgh_tracked_model
    return model


def _text(model: type, row: Any, field: Any, names: dict[str, Any]) -> str:
    value = getattr(row, field.attname)
    if value is None:
        return ""
    if field.name in MASKS:
        column, mask = MASKS[field.name]
        return mask(decrypt(value, field=column))
    if field.name == "category":
        return str(names.get(value, value))
    if field.is_relation:
        return str(getattr(row, field.name)) if field.name in SOURCES[model][1] else str(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
