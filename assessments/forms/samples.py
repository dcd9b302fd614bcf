"""Forms of samples: what to draw, and the call sheet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models import Check, Sample
from assessments.sampling import Z
from teams.actions.submissions import fresh_key

RATINGS = (
    (5, _("very satisfied")),
    (4, _("satisfied")),
    (3, _("fairly satisfied")),
    (2, _("dissatisfied")),
    (1, _("very dissatisfied")),
)


class SampleForm(forms.Form):
    """What to draw, how many, and what is added."""

    submission = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Title"), max_length=60, widget=forms.TextInput(attrs={"autofocus": True}))
    kind = forms.ChoiceField(label=_("Kind"), choices=Sample.Kind.choices)
    method = forms.ChoiceField(label=_("Size of the sample"), choices=Sample.Method.choices)
    size = forms.IntegerField(label=_("People of each institution"), min_value=1, max_value=1000, initial=10)
    margin = forms.DecimalField(
        label=_("Margin of error (± points)"),
        min_value=1,
        max_value=50,
        decimal_places=1,
        max_digits=4,
        initial=10,
        help_text=_("Used when the size goes by margin: ± 10 points at 95 % takes 97 people of a large institution."),
    )
    confidence = forms.TypedChoiceField(
        label=_("Confidence"), coerce=int, choices=[(each, f"{each} %") for each in Z], initial=95
    )
    extra_percent = forms.IntegerField(
        label=_("Added: leads, newly signed, paying, busy teams (%)"),
        min_value=0,
        max_value=100,
        initial=20,
        help_text=_("On top of the random ones, and told apart in the results."),
    )
    second_percent = forms.IntegerField(
        label=_("Called a second time (%)"),
        min_value=0,
        max_value=100,
        initial=10,
        help_text=_("By another person, to check the callers."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"submission": fresh_key()})

    @property
    def design(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "submission"}


class CheckForm(forms.Form):
    """The call sheet: the result first, the questions only for who talked."""

    submission = forms.CharField(widget=forms.HiddenInput)
    turn = forms.IntegerField(widget=forms.HiddenInput)
    result = forms.ChoiceField(label=_("Result"), choices=Check.Result.choices, widget=forms.RadioSelect)
    knows_team = forms.BooleanField(label=_("Knows the team or its doctor"), required=False)
    received = forms.ChoiceField(
        label=_("Got these services"), choices=Check.Received.choices, required=False, widget=forms.RadioSelect
    )
    rating = forms.TypedChoiceField(
        label=_("Satisfaction"), coerce=int, empty_value=None, choices=RATINGS, required=False, widget=forms.RadioSelect
    )
    remark = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, turn: int = 1) -> None:
        super().__init__(data, initial={"submission": fresh_key(), "turn": turn})
        self.fields["result"].widget.attrs["autofocus"] = True

    @property
    def answers(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "submission"}
