"""The list of due work in words: why somebody comes first, what is owed, and the one next action."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contracts.models import Attempt, FollowUp
from contracts.presenters.people import id_text, phone_text
from contracts.queries.due import Due, Line, Person, residents_of
from residents.identity import mask_id_number
from residents.models import Resident
from service_packages.models import Item
from teams.cipher import decrypt
from teams.dates import age_on
from teams.models import Division, User
from teams.phones import mask_phone

# Whom nobody tried to reach for so long is called before somebody goes there.
CALLED_AGAIN = timedelta(days=15)


@dataclass(frozen=True)
class Known:
    """What is looked up once for all people of a page; residents know whether they are seen (`is_seen`)."""

    day: date
    residents: Mapping[int, Any]
    items: Mapping[int, Item]
    villages: Mapping[int, Division]
    attempts: Mapping[int, Attempt]


def last_attempts(resident_ids: Iterable[int]) -> dict[int, Attempt]:
    """Resident id -> their last attempt."""
    rows = Attempt.objects.filter(resident__in=list(resident_ids))
    return {row.resident_id: row for row in rows.order_by("resident", "-tried_on", "-id").distinct("resident")}


def look_up(found: Due, items: Mapping[int, Item], user: User, day: date) -> Known:
    """Three queries, however many people."""
    residents = residents_of(found.people, user)
    return Known(
        day=day,
        residents=residents,
        items=items,
        villages=Division.objects.in_bulk([key for key in found.villages if key]),
        attempts=last_attempts(residents),
    )


def rows(people: Iterable[Person], known: Known) -> list[dict[str, Any]]:
    """A dict for each person, with what a line tells of them."""
    return [_row(person, known) for person in people]


HEADS = (
    *(gettext_lazy("Name"), gettext_lazy("ID number"), gettext_lazy("Phone"), gettext_lazy("Age")),
    *(gettext_lazy("What is owed"), gettext_lazy("Due on"), gettext_lazy("Why first"), gettext_lazy("Last reading")),
    *(gettext_lazy("Last contact"), gettext_lazy("Village"), gettext_lazy("Address")),
)


def cells(person: Person, known: Known, *, whole: bool) -> list[object]:
    """Cells below HEADS; identities masked unless `whole`."""
    resident, row = known.residents[person.resident_id], _row(person, known)
    attempt = known.attempts.get(person.resident_id)
    return [
        resident.name,
        id_text(resident, whole=whole),
        phone_text(resident, whole=whole),
        row["age"],
        _("; ").join(f"{one['name']} {one['due_on']}" for one in row["owed"]),
        person.first_due_on,
        _(", ").join(text for _tone, text in row["reasons"]),
        row["reading"],
        f"{attempt.tried_on} {attempt.outcome_words}" if attempt else "",
        row["village"],
        resident.address,
    ]


def by_village(people: Iterable[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Village -> its people, for a walking round; they come in that order."""
    return [
        (village or _("Without a village"), list(rows)) for village, rows in groupby(people, lambda row: row["village"])
    ]


def _row(person: Person, known: Known) -> dict[str, Any]:
    resident = known.residents[person.resident_id]
    village = known.villages.get(person.village_id or 0)
    phone = decrypt(resident.phone_cipher, field="phone") if resident.phone_cipher else ""
    attempt = known.attempts.get(person.resident_id)
    return {
        "pk": resident.pk,
        "is_seen": resident.is_seen,
        "name": resident.name,
        "sex": resident.get_sex_display(),
        "age": age_on(resident.birth_date, known.day),
        "village": village.name if village else "",
        "address": resident.address,
        "phone": mask_phone(phone) if phone else "",
        "phone_problem": resident.phone_problem,
        "reasons": _reasons(person, attempt, known.day),
        "reading": reading_text(person),
        "owed": [owed(line, known.items, known.day) for line in person.lines],
        "contact": f"{attempt.tried_on:%m-%d} {attempt.outcome_words}" if attempt else "",
        "calls_first": _calls_first(person, attempt, known.day),
    }


def reading_text(person: Person) -> str:
    """The last readings: `152/94 mmHg, 7.8 mmol/L`."""
    pressure = f"{person.systolic}/{person.diastolic} mmHg" if person.systolic else ""
    glucose = f"{person.fasting_glucose} mmol/L" if person.fasting_glucose is not None else ""
    return _(", ").join(filter(None, (pressure, glucose)))


def _reasons(person: Person, attempt: Attempt | None, day: date) -> list[tuple[str, str]]:
    """Chips: class and text."""
    found = []
    if person.is_critical:
        found.append(("bad", _("critical reading")))
    elif person.is_uncontrolled:
        found.append(("warn", _("not at goal")))
    if person.is_promised:
        promised = [line.due_on for line in person.lines if line.kind != "service" and line.due_on <= day]
        is_past = bool(promised) and max(promised) < day
        found.append(("warn", _("promised day is past")) if is_past else ("info", _("promised for today")))
    if (days := (day - person.first_due_on).days) > 0:
        late = ngettext("%(days)s day overdue", "%(days)s days overdue", days) % {"days": days}
        found.append(("warn" if days > 30 else "", late))
    if person.is_very_old:
        found.append(("", _("very old")))
    return found


def owed(line: Line, items: Mapping[int, Item], day: date) -> dict[str, Any]:
    """One thing to do: dict kind, key, name, code (of the item, or ""), due_on, is_overdue."""
    return {
        "kind": line.kind,
        "key": line.key,
        "name": _name(line, items),
        "code": items[line.item_id].code if line.item_id else "",
        "due_on": line.due_on,
        "is_overdue": line.due_on < day,
    }


def person(resident: Resident, day: date) -> dict[str, Any]:
    """Context keys age, id_masked and phone of a page about one resident."""
    phone = decrypt(resident.phone_cipher, field="phone") if resident.phone_cipher else ""
    return {
        "age": age_on(resident.birth_date, day),
        "id_masked": mask_id_number(decrypt(resident.id_cipher, field="id_number")),
        "phone": mask_phone(phone) if phone else "",
    }


def _name(line: Line, items: Mapping[int, Item]) -> str:
    if line.item_id:
        return items[line.item_id].name
    if line.kind == "call":
        return _("Promised contact")
    return _("Follow-up: %(cause)s") % {"cause": FollowUp.Cause(line.kind).label}


def _calls_first(person: Person, attempt: Attempt | None, day: date) -> bool:
    """Whether the next action is a call: overdue, a number that may work, and nobody tried lately."""
    is_fresh = attempt is not None and day - attempt.tried_on < CALLED_AGAIN
    return person.first_due_on < day and not is_fresh and not person.is_promised
