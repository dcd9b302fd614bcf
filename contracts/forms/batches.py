"""What is said before many contracts are renewed or confirmed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.forms.steps import ConsentField, term_text
from teams.actions.submissions import fresh_key


class BeginForm(forms.Form):
    """How the people agreed, and for renewals for how long."""

    submission = forms.CharField(widget=forms.HiddenInput)
    years = forms.TypedChoiceField(label=_("Term"), coerce=int, empty_value=None, required=False)
    consent = ConsentField()

    def __init__(self, data: Any = None, *, policy: dict[str, int], with_term: bool, years: int | None = None) -> None:
        super().__init__(data, initial={"submission": fresh_key(), "years": years or ""})
        allowed = range(policy["term_years_least"], policy["term_years_most"] + 1)
        field = self.fields["years"]
        assert isinstance(field, forms.ChoiceField)
        terms = [(each, term_text(each)) for each in allowed]
        field.choices = [("", _("as long as before")), *terms]
        if not with_term:
            del self.fields["years"]
