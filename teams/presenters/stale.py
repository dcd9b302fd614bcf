"""An old copy of a record against the present one: what to show, and what to go on with."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import QueryDict

from teams.copies import Since


def differences(
    since: Since, typed: Mapping[str, Any], labels: Mapping[str, Any], words: Callable[[str, Any], str]
) -> dict[str, Any]:
    """Context key `stale` of `_stale.html`: who changed the record, and a line for each field that they changed.

    `typed` and `labels` by the record's fields; `words` says a field's value.
    """
    lines = [
        {
            "field": field,
            "label": labels[field],
            "then": words(field, change.then),
            "now": words(field, change.now),
            "yours": words(field, typed[field]),
            "is_conflict": typed[field] not in (change.then, change.now),
        }
        for field, change in since.changes.items()
    ]
    return {"by": since.by, "at": since.at, "lines": lines}


def going_on(
    data: QueryDict, stale: Mapping[str, Any], present: Mapping[str, Any], names: Mapping[str, str]
) -> QueryDict:
    """A form's data to go on with: what you changed stays typed, the rest is what stands now.

    `present` by the form's fields, `seen` too; `names`: the record's field -> the form's, where they differ.
    """
    rest = data.copy()
    rest["seen"] = present["seen"]
    for line in stale["lines"]:
        name = names.get(line["field"], line["field"])
        if not line["is_conflict"]:
            value = present[name]
            rest.setlist(name, value if isinstance(value, list) else [value or ""])
    return rest
