"""How every form field of the product is drawn: one template (templates/forms/field.html)."""

from typing import Any

from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.forms.widgets import DateInput, HiddenInput, NumberInput, Select, TextInput
from django.http import HttpRequest
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

# What Django writes where nothing is chosen yet.
DASHES = BLANK_CHOICE_DASH[0][1]
# Controls that are one tag.
INPUTS = {control.template_name for control in (TextInput, NumberInput, DateInput, HiddenInput)}


class FieldRenderer(TemplatesSetting):
    """Draws fields by the project's own template, lists to choose from and plain inputs without one."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """The HTML of a form, a field or a control."""
        if template_name == Select.template_name:
            return _select(context["widget"])
        if template_name in INPUTS:
            return _input(context["widget"])
        drawn: str = super().render(template_name, context, request)
        return drawn


def _select(widget: dict[str, Any]) -> SafeString:
    groups = "".join([_group(name, options) for name, options, _index in widget["optgroups"]])
    return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), mark_safe(groups))


def _input(widget: dict[str, Any]) -> SafeString:
    value = {} if widget["value"] is None else {"value": widget["value"]}
    attrs = {"type": widget["type"], "name": widget["name"], **value, **widget["attrs"]}
    return mark_safe(f"<input{''.join([_attr(name, value) for name, value in attrs.items() if value is not False])}>")


def _attr(name: str, value: Any) -> str:
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def _group(name: str | None, options: list[dict[str, Any]]) -> str:
    drawn = "".join(map(_option, options))
    return f'<optgroup label="{escape(name)}">{drawn}</optgroup>' if name else drawn


def _option(option: dict[str, Any]) -> str:
    words = str(option["label"])
    if words == DASHES:
        words = _("Please choose")
    attrs = flatatt(option["attrs"]) if option["attrs"] else ""
    return f'<option value="{escape(str(option["value"]))}"{attrs}>{conditional_escape(words)}</option>'
