"""Merging two records."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from residents.models import Resident
from teams.actions.submissions import fresh_key


class MergeForm(forms.Form):
    """Which of two records stays, and how one knows that they are one person."""

    kept = forms.TypedChoiceField(label=_("The record that stays"), coerce=int, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("How do you know?"), max_length=200, help_text=_("For example: both ID cards seen, the same person.")
    )
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def __init__(self, both: Sequence[Resident], data: Any = None) -> None:
        super().__init__(data)
        self.both = {resident.pk: resident for resident in both}
        kept = self.fields["kept"]
        assert isinstance(kept, forms.TypedChoiceField)
        kept.choices = [
            (resident.pk, label)
            for resident, label in zip(both, (_("left-hand record"), _("right-hand record")), strict=True)
        ]

    def clean_kept(self) -> Resident:
        """The record itself."""
        return self.both[self.cleaned_data["kept"]]
