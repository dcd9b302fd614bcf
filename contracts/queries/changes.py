"""What was changed of a resident, read from the row history: who, when, from where, each field before and after."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db import models

from contracts.models import Coverage, Service
from residents.models import Register, Resident, Transfer
from teams.queries.changes import RowChange, row_changes

AT_MOST = 200
# Model -> the field by which its rows are the resident's, and the relations that are shown by name.
SOURCES: dict[type[models.Model], tuple[str, tuple[str, ...]]] = {
    Resident: ("id", ("household", "village", "institution", "merged_into")),
    Register: ("resident_id", ()),
    Transfer: ("resident_id", ("from_institution", "from_village", "to_institution", "to_village")),
    Coverage: ("resident_id", ("contract",)),
    Service: ("resident_id", ("item", "staff")),
}


def changes(resident: Resident) -> list[RowChange]:
    """Changes of the resident's rows, the latest first; new rows are no change."""
    rows = row_changes(pair for model in SOURCES for pair in _pairs(model, resident))
    return sorted(rows, key=lambda row: (row.at, row.before.pgh_id), reverse=True)[:AT_MOST]


def _pairs(model: type[models.Model], resident: Resident) -> Iterator[tuple[Any, Any]]:
    """Each old row with the one that took its place."""
    owner, relations = SOURCES[model]
    events = model.pgh_event_model.objects.filter(**{owner: resident.pk}).select_related("pgh_context", *relations)  # type: ignore[attr-defined]
    old = sorted(events.order_by("-pgh_id")[:AT_MOST], key=lambda event: (event.id, event.pgh_id))
    present = model._default_manager.select_related(*relations).in_bulk([event.id for event in old])
    for key, group in groupby(old, key=lambda event: event.id):
        versions = list(group)
        yield from zip(versions, [*versions[1:], present.get(key)], strict=True)
