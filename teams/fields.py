"""Form fields that read what clerks type, and controls that are drawn quickly."""

from datetime import date
from html import escape
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

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


class LongSelect(forms.Select):
    """A list to choose from with hundreds of entries: drawn without a template for each of them."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The control as HTML."""
        chosen = "" if value is None else str(value)
        options = "".join([_option(key, label, str(key) == chosen) for key, label in self.choices])
        return format_html(
            "<select{}>{}</select>", flatatt(self.build_attrs({"name": name}, attrs)), mark_safe(options)
        )


def _option(key: Any, label: Any, is_chosen: bool) -> str:
    return f'<option value="{escape(str(key))}"{" selected" if is_chosen else ""}>{conditional_escape(label)}</option>'
