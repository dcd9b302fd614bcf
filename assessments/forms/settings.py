"""The form of a setting."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from teams.fields import DayField
from teams.policy_settings import SWITCH, Setting


class SettingForm(forms.Form):
    """A value and the day from which it holds; `assessments.rules.settings` holds beside it."""

    value = forms.IntegerField(label=_("New value"))
    from_on = DayField(label=_("Holds from"))

    def __init__(self, setting: Setting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = setting.unit.parts
        if setting.unit is SWITCH:
            self.fields["value"] = forms.TypedChoiceField(
                label=_("New value"), coerce=int, choices=[(1, _("Yes")), (0, _("No"))]
            )
        elif setting.unit.parts > 1:
            self.fields["value"] = forms.DecimalField(label=_("New value"), decimal_places=setting.unit.places)
        if setting.unit is not SWITCH:
            self.fields["value"].help_text = str(setting.range)
        self.fields["from_on"].help_text = _("Months reported before that day keep the value of their time.")

    def clean_value(self) -> int:
        """The whole number that is kept."""
        return int(self.cleaned_data["value"] * self.parts)
