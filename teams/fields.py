"""Form fields that read what clerks type."""

from datetime import date
from typing import Any

from django import forms

from teams.cells import CellError, parse_date


class DayField(forms.DateField):
    """A day as people type it: 20181031, 2018-10-31, 2018/10/31, 2018.10.31 or 2018年10月31日."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"inputmode": "numeric", "autocomplete": "off", "size": 12})

    def to_python(self, value: Any) -> date | None:
        """The date; None when nothing was typed."""
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        try:
            return parse_date(value)
        except CellError as error:
            raise forms.ValidationError(error.message, code="invalid") from None
