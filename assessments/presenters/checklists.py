"""What pages of checklists show."""

from django.http import QueryDict
from django.utils.translation import gettext as _

from assessments.models import Checklist, ChecklistItem
from teams.models import Institution

BLANK = 5
COLUMNS = ("code", "section", "text", "hint", "points")


def kinds_of(checklist: Checklist) -> str:
    """The kinds of institution in words."""
    return _(", ").join(str(Institution.Kind(kind).label) for kind in checklist.kinds)


def blank_lines(checklist: Checklist, typed: QueryDict | None) -> list[ChecklistItem]:
    """The editor's lines: what was typed, else the items; then some blank ones."""
    if typed is None:
        return [*checklist.items.all(), *(ChecklistItem(points="") for _place in range(BLANK))]
    columns = [typed.getlist(name) for name in COLUMNS]
    return [ChecklistItem(**dict(zip(COLUMNS, line, strict=True))) for line in zip(*columns, strict=False)]
