"""What a resident says by their link, and the institution's answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.forms.samples import RATINGS
from assessments.models import Voice
from teams.actions.submissions import fresh_key

UNANSWERED = dict.fromkeys(("required", "invalid_choice"), _("Please answer this question."))


class VoiceForm(forms.Form):
    """Three questions in large type."""

    rating = forms.TypedChoiceField(
        label=_("How satisfied are you with your family doctor's service?"),
        coerce=int,
        choices=RATINGS,
        widget=forms.RadioSelect,
        error_messages=UNANSWERED,
    )
    received = forms.ChoiceField(
        label=_("Did you get the services of your contract?"),
        choices=Voice.Received.choices,
        widget=forms.RadioSelect,
        error_messages=UNANSWERED,
    )
    complaint = forms.CharField(
        label=_("What should be better? (You may leave this empty.)"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": _("At most 500 characters: please say it in fewer words.")},
    )
    may_call = forms.BooleanField(label=_("My doctor may call me about it"), required=False)


class AnswerForm(forms.Form):
    """What was done about a complaint."""

    submission = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(label=_("What was done about it"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"submission": fresh_key()})
