"""What was changed of a resident, read from the row history: who, when, from where, each field before and after."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import models

from contracts.models import Coverage, Service
from residents.models import Register, Resident, Transfer
from teams.models import User

AT_MOST = 200
# Model -> the field by which its rows are the resident's, and the relations that are shown by name.
SOURCES: dict[type[models.Model], tuple[str, tuple[str, ...]]] = {
    Resident: ("id", ("household", "village", "institution", "merged_into")),
    Register: ("resident_id", ()),
    Transfer: ("resident_id", ("from_institution", "from_village", "to_institution", "to_village")),
    Coverage: ("resident_id", ("contract",)),
    Service: ("resident_id", ("item", "staff")),
}


@dataclass(frozen=True)
class Before:
    """A row as it was (`event`) until somebody changed it into `after`; None: deleted. `by` is the account, if it is
    known by its id only."""

    model: type[models.Model]
    event: Any
    after: Any
    by: str

    @property
    def at(self) -> datetime:
        """When it was changed."""
        at: datetime = self.event.pgh_created_at
        return at

    @property
    def context(self) -> dict[str, Any]:
        """What the history knows of who did it: by, action, url, address, source."""
        return self.event.pgh_context.metadata if self.event.pgh_context else {}


def changes(resident: Resident) -> list[Before]:
    """Changes of the resident's rows, the latest first; new rows are no change."""
    found = [(model, event, after) for model in SOURCES for event, after in _pairs(model, resident)]
    ids = {context.metadata.get("user") for _model, event, _after in found if (context := event.pgh_context)}
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=ids - {None})}
    rows = [Before(model, event, after, _who(event, names)) for model, event, after in found]
    return sorted(rows, key=lambda row: (row.at, row.event.pgh_id), reverse=True)[:AT_MOST]


def _pairs(model: type[models.Model], resident: Resident) -> Iterator[tuple[Any, Any]]:
    """Each old row with the one that took its place."""
    owner, relations = SOURCES[model]
    events = model.pgh_event_model.objects.filter(**{owner: resident.pk}).select_related("pgh_context", *relations)  # type: ignore[attr-defined]
    old = sorted(events.order_by("-pgh_id")[:AT_MOST], key=lambda event: (event.id, event.pgh_id))
    present = model._default_manager.select_related(*relations).in_bulk([event.id for event in old])
    for key, group in groupby(old, key=lambda event: event.id):
        versions = list(group)
        yield from zip(versions, [*versions[1:], present.get(key)], strict=True)


def _who(event: Any, names: dict[int, str]) -> str:
    metadata = event.pgh_context.metadata if event.pgh_context else {}
    return str(metadata.get("by") or names.get(metadata.get("user") or 0, ""))
