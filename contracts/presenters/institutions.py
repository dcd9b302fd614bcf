"""An institution in words: what somebody else changed of it meanwhile."""

from typing import Any

from contracts.forms.institutions import CorrectionForm
from teams.copies import Since
from teams.models import Division, Institution
from teams.presenters import stale


def differences(form: CorrectionForm, since: Since) -> dict[str, Any]:
    """Context key `stale` of `_stale.html` (teams.presenters.stale)."""
    labels = {name: field.label for name, field in form.fields.items()}
    return stale.differences(since, form.typed, labels | {"division_id": labels["division"]}, _words)


def _words(field: str, value: Any) -> str:
    if not value:
        return ""
    if field == "kind":
        return str(Institution.Kind(value).label)
    if field == "setting":
        return str(Institution.Setting(value).label)
    return str(Division.objects.get(pk=value)) if field == "division_id" else str(value)
