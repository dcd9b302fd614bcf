"""The form under a lead: a step with its reason, taken once with the evidence that was seen."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models import Lead
from teams.actions.submissions import fresh_key


class LeadStepForm(forms.Form):
    """Which step and why. `mark` is the evidence as the page showed it."""

    submission = forms.CharField(widget=forms.HiddenInput)
    mark = forms.CharField(widget=forms.HiddenInput)
    step = forms.ChoiceField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text=_("What was looked at and what it showed: call, paper contract, visit. No ID or phone numbers."),
    )

    def __init__(self, lead: Lead, data: Any = None, *, steps: Iterable[str] = ()) -> None:
        super().__init__(data, initial={"submission": fresh_key(), "mark": lead.mark})
        field = self.fields["step"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(step, step) for step in steps]
        # Only the second person agrees without words.
        self.fields["reason"].required = lead.state != Lead.State.PROPOSED
