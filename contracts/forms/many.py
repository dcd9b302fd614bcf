"""Entering services of many people: the defaults above a grid, and the people of an examination day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from service_packages.models import Item
from teams.fields import DayField
from teams.models import Staff, User


class ManyForm(forms.Form):
    """What holds for every row: the item, the day, how and by whom it was given."""

    item = forms.ModelChoiceField(Item.objects.none(), label=_("Service"), to_field_name="code", empty_label=None)
    performed_on = DayField(label=_("Date"))
    place = forms.ChoiceField(label=_("How it was given"), choices=[("", "—"), *Item.Mode.choices], required=False)
    staff = forms.ModelChoiceField(Staff.objects.none(), label=_("Given by"), required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = Item.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["staff"].queryset = Staff.objects.visible_to(user)  # type: ignore[attr-defined]


class GridForm(ManyForm):
    """A village afternoon: a block copied from a spreadsheet is read into rows."""

    block = forms.CharField(
        label=_("Rows from a spreadsheet: ID number or name, date, systolic, diastolic, glucose, note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )


class EventForm(ManyForm):
    """An examination day: besides those ticked, whoever's ID number was typed or scanned, one a line."""

    typed = forms.CharField(
        label=_("ID numbers, one a line (a scanner types them)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )
