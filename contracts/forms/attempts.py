"""Writing down an attempt to reach somebody."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.models import Attempt
from contracts.rules import check_can_try
from teams.actions.submissions import fresh_key
from teams.clock import today
from teams.fields import DayField
from teams.rules import RuleViolation


class AttemptForm(forms.Form):
    """How it was tried and how it went; a promise needs its day."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=Attempt.Outcome, widget=forms.RadioSelect)
    next_on = DayField(label=_("Agreed day, or day to call again"), required=False)
    channel = forms.ChoiceField(label=_("How"), choices=Attempt.Channel, initial=Attempt.Channel.PHONE)
    tried_on = DayField(label=_("Tried on"), initial=today)
    note = forms.CharField(label=_("Note"), required=False, max_length=200)
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def clean(self) -> dict[str, Any]:
        """The same checks as the action's, at the field that they are about."""
        data = super().clean() or self.cleaned_data
        if data.get("outcome") and data.get("tried_on"):
            try:
                check_can_try(outcome=data["outcome"], tried_on=data["tried_on"], next_on=data.get("next_on"))
            except RuleViolation as refusal:
                if "next_on" not in self.errors:
                    self.add_error("tried_on" if refusal.code == "attempt.in_future" else "next_on", str(refusal))
        return data

    @property
    def details(self) -> dict[str, Any]:
        """What `try_to_reach` is given besides whom."""
        return {name: value for name, value in self.cleaned_data.items() if name != "submission"}
