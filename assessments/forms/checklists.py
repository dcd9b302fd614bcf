"""The editor of a checklist: its name, its kinds of institution, and a line for each item."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assessments.actions.checklists import Item
from assessments.models import Checklist
from teams.models import Institution

MOST_ITEMS = 100


class ChecklistForm(forms.Form):
    """Name and kinds; with `code` for a new one. Items come as columns of equal length."""

    code = forms.SlugField(label=_("Code"), max_length=30, help_text=_("Letters, digits and hyphens; never changes."))
    name = forms.CharField(label=_("Title"), max_length=80)
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of institution"), choices=Institution.Kind, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, checklist: Checklist | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if checklist:
            del self.fields["code"]
            self.fields["name"].initial, self.fields["kinds"].initial = checklist.name, checklist.kinds

    def items(self) -> list[Item]:
        """The lines that say something, in order. Raises ValidationError for points that are no number."""
        columns = [self.data.getlist(name) for name in ("code", "section", "text", "hint", "points")]  # type: ignore[attr-defined]
        lines = [[cell.strip() for cell in line] for line in zip(*columns, strict=False)]
        return [_item(place, line) for place, line in enumerate(lines[:MOST_ITEMS], start=1) if line[2]]


def _item(place: int, line: list[str]) -> Item:
    code, section, text, hint, points = line
    try:
        value = Decimal(points or "1")
    except InvalidOperation:
        value = Decimal(-1)
    if not 0 <= value < 1000:
        raise forms.ValidationError(_now("Line %(line)s: points off are between 0 and 999.99.") % {"line": place})
    return Item(
        section=section[:60], text=text[:200], hint=hint[:300], points=value.quantize(Decimal("0.01")), code=code[:30]
    )
