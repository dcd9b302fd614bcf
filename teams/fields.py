"""Form fields that read what clerks type, and controls that are drawn quickly."""

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.choices import BaseChoiceIterator
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from teams.cells import CellError, parse_date
from teams.models import Staff, User


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


class Offered(BaseChoiceIterator):
    """Pairs of value and label to choose from. They are hundreds, so forms neither normalise nor copy them."""

    def __init__(self, pairs: Sequence[tuple[Any, Any]]) -> None:
        self.pairs = pairs

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Offered":
        return self


class LongSelect(forms.Select):
    """A list to choose from with hundreds of entries: drawn without a template for each of them."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The control as HTML."""
        chosen = "" if value is None else str(value)
        options = "".join([_option(key, label, str(key) == chosen) for key, label in self.choices])
        return format_html(
            "<select{}>{}</select>", flatatt(self.build_attrs({"name": name}, attrs)), mark_safe(options)
        )


def offering(pairs: Sequence[tuple[Any, Any]]) -> dict[str, Any]:
    """What makes a choice filter's field offer the pairs in a long list."""
    return {"choices": Offered(pairs), "widget": LongSelect}


class StaffField(forms.CharField):
    """A staff member by number or name, of those whom `user` sees: `12345`, `李医生` or `12345 李医生`."""

    user: User

    def clean(self, value: Any) -> Staff | None:
        """The one staff member; None when nothing was typed."""
        typed = str(super().clean(value)).partition(" ")[0]
        if not typed:
            return None
        seen = Staff.objects.visible_to(self.user).select_related("institution")
        found = list(seen.filter(staff_no=typed)) or list(seen.filter(name=typed)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(_("Several have this name. Type the staff number."))
        raise forms.ValidationError(_("Nobody of your institutions has this number or name."))


def _option(key: Any, label: Any, is_chosen: bool) -> str:
    return f'<option value="{escape(str(key))}"{" selected" if is_chosen else ""}>{escape(str(label))}</option>'
