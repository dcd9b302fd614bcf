"""Forms of figures."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.indicators import INDICATORS
from assessments.models import Target
from residents.categories import category_names
from teams.models import Institution, User


class TargetForm(forms.Form):
    """What an indicator is to reach in a year; the rules of `assessments.rules.months.check_target` hold beside it."""

    indicator = forms.ChoiceField(label=_("Indicator"), choices=[(row.code, row.name) for row in INDICATORS])
    category = forms.ChoiceField(label=_("Category"))
    scope = forms.ChoiceField(label=_("Scope"), choices=Target.Scope)
    institution = forms.ModelChoiceField(Institution.objects.none(), label=_("Institution"), required=False)
    rate = forms.DecimalField(label=_("Rate (%)"), max_digits=5, decimal_places=2, min_value=0, required=False)
    count = forms.IntegerField(label=_("Head count"), min_value=0, max_value=2_000_000_000, required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category, institution = self.fields["category"], self.fields["institution"]
        assert isinstance(category, forms.ChoiceField) and isinstance(institution, forms.ModelChoiceField)
        category.choices = list(category_names().items())
        institution.queryset = Institution.objects.visible_to(user).order_by("code")
