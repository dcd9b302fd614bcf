"""Copies of a record that somebody has open: which one it was, and what was changed since (trust.md, faults)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.crypto import constant_time_compare, salted_hmac


@dataclass(frozen=True)
class Change:
    """A field that was changed since: what stood in the open copy, what stands now."""

    field: str
    then: Any
    now: Any


@dataclass(frozen=True)
class Since:
    """What happened since a copy was opened, and the last who did something."""

    changes: dict[str, Change]
    by: str
    at: datetime | None


def fingerprint(row: models.Model, fields: Sequence[str]) -> str:
    """Tells copies apart by these fields without telling what is in them. Of a record, or of an old row of one."""
    values = "\0".join(_text(getattr(row, field)) for field in fields)
    return salted_hmac("teams.copies", values, algorithm="sha256").hexdigest()


def is_present(row: models.Model, seen: str, fields: Sequence[str]) -> bool:
    """Whether the copy that was opened is how the record stands now."""
    return constant_time_compare(fingerprint(row, fields), seen)


def since(row: models.Model, seen: str, fields: Sequence[str]) -> Since:
    """What was changed since the copy with the fingerprint was opened; everything, when it isn't known any more."""
    last = None
    for event in _old_rows(row):
        last = last or event
        if constant_time_compare(fingerprint(event, fields), seen):
            return Since(dict(_differences(event, row, fields)), _who(last), last.pgh_created_at)
    now = {field: Change(field, None, getattr(row, field)) for field in fields}
    return Since(now, _who(last) if last else "", last.pgh_created_at if last else None)


def _old_rows(row: models.Model) -> models.QuerySet[Any]:
    """The rows that the record had before, the latest first, with who replaced them."""
    events: models.Manager[Any] = type(row).pgh_event_model.objects  # type: ignore[attr-defined]
    return events.filter(pgh_obj=row.pk).select_related("pgh_context").order_by("-pgh_id")


def _differences(event: Any, row: models.Model, fields: Sequence[str]) -> Iterator[tuple[str, Change]]:
    for field in fields:
        then, now = getattr(event, field), getattr(row, field)
        if _text(then) != _text(now):
            yield field, Change(field, then, now)


def _who(event: Any) -> str:
    return str((event.pgh_context.metadata if event.pgh_context else {}).get("by", ""))


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, list):
        return ",".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value if value is not None else "")
