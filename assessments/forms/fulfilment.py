"""What narrows the page of fulfilment: the day and the key population."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from residents.categories import ALL, category_names
from teams.clock import today
from teams.fields import DayField


class FulfilmentForm(forms.Form):
    """A day up to today and a key population; what is wrong in an address is as if it were not there."""

    day = DayField(label=_("As of"), required=False)
    category = forms.ChoiceField(label=_("Key population"), required=False)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        names = {code: name for code, name in category_names().items() if code != ALL}
        self.fields["category"].choices = [("", _("All")), *names.items()]  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def as_of(self) -> date:
        """The day asked for; today where it is none, or still to come."""
        asked = self.cleaned_data.get("day")
        return asked if asked and asked <= today() else today()

    @property
    def population(self) -> str:
        """The population's code, or everyone's."""
        return self.cleaned_data.get("category") or ALL
