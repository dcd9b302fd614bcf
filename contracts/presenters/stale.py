"""An old copy of a record against the present one: what to show, and what to go on with."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from contracts.forms.people import FORM_FIELDS, EditForm, initial_of
from contracts.presenters.people import id_text, phone_text
from residents.identity import mask_id_number
from residents.models import Resident
from teams.copies import Change, Since
from teams.models import Division
from teams.phones import mask_phone, parse_phone

NUMBERS = ("id_hash", "phone_hash")


def differences(form: EditForm, resident: Resident, since: Since) -> dict[str, Any]:
    """Context key `stale` of `_stale.html`: who changed the record and when, and a line for each field
    that was changed: label, then, now, yours, is_conflict (you changed it, too)."""
    lines = []
    for field, change in since.changes.items():
        bound = form[FORM_FIELDS[field]]
        lines.append(
            {
                "label": bound.label,
                "then": "" if field in NUMBERS else _shown(field, change.then),
                "now": _stored(field, resident),
                "yours": _typed(field, bound.data),
                "is_conflict": is_mine(form, change),
            }
        )
    return {"by": since.by, "at": since.at, "lines": lines}


def going_on(form: EditForm, resident: Resident, since: Since) -> QueryDict:
    """The form's data to go on with: what you changed stays typed, the rest is what stands now."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    present = initial_of(resident)
    data["seen"] = present["seen"]
    for field, change in since.changes.items():
        name = FORM_FIELDS[field]
        if field not in NUMBERS and not is_mine(form, change):
            data[name] = "" if present[name] is None else str(present[name])
    return data


def is_mine(form: EditForm, change: Change) -> bool:
    """Whether the account changed the field, too, and to something else than stands now."""
    typed = form.data.get(FORM_FIELDS[change.field], "").strip()
    if change.field in NUMBERS:
        return bool(typed)
    return typed != _plain(change.then) and typed != _plain(change.now)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _stored(field: str, resident: Resident) -> str:
    if field == "id_hash":
        return id_text(resident)
    if field == "phone_hash":
        return phone_text(resident) or _("none")
    return _shown(field, getattr(resident, field))


def _shown(field: str, value: Any) -> str:
    if field == "village_id":
        village = Division.objects.filter(pk=value).first() if value else None
        return village.name if village else "—"
    return _plain(value) or "—"


def _typed(field: str, typed: Any) -> str:
    text = _plain(typed).strip()
    if field == "id_hash":
        return mask_id_number(text) if text else _("as it was")
    if field == "phone_hash":
        return mask_phone(parse_phone(text).number) if text else _("as it was")
    return _shown(field, text)
