"""Forms of figures."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.actions.targets import Wanted
from assessments.indicators import BY_CODE, INDICATORS
from assessments.models import Target
from assessments.presenters.words import plain
from assessments.rules.months import check_target
from residents.categories import category_names
from teams.models import Institution, User
from teams.rules import RuleViolation


def _rate(**options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=_("Rate (%)"), max_digits=5, decimal_places=2, min_value=0, required=False, localize=False, **options
    )


def _count(**options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Head count"), min_value=0, max_value=2_000_000_000, required=False, localize=False, **options
    )


class TargetsForm(forms.Form):
    """The targets of a year as a table: what each asks for, one of the two."""

    def __init__(self, targets: Sequence[Target], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = targets
        categories = category_names()
        for target in targets:
            place = target.institution.name if target.institution else target.get_scope_display()
            name = f"{BY_CODE[target.indicator].name} {categories.get(target.category, target.category)} {place}"
            self._add(f"rate_{target.pk}", _rate(initial=plain(target.rate)), name)
            self._add(f"count_{target.pk}", _count(initial=target.count), name)

    def _add(self, code: str, field: forms.Field, name: str) -> None:
        """A short field, told apart for those who hear the page."""
        field.widget = forms.TextInput(
            attrs={"size": "7", "inputmode": "decimal", "aria-label": f"{name} {field.label}", "autocomplete": "off"}
        )
        self.fields[code] = field

    def clean(self) -> dict[str, Any]:
        """The rules of a target hold for each line."""
        for target in self.targets:
            names = [name for name in (f"rate_{target.pk}", f"count_{target.pk}") if name in self.cleaned_data]
            if len(names) < 2:
                continue
            try:
                check_target(
                    indicator=target.indicator,
                    category=target.category,
                    scope=target.scope,
                    has_institution=target.institution_id is not None,
                    rate=self.cleaned_data[names[0]],
                    count=self.cleaned_data[names[1]],
                )
            except RuleViolation as refusal:
                self.add_error(names[refusal.code == "target.count"], str(refusal))
        return self.cleaned_data

    def wanted(self) -> list[Wanted]:
        """Each target with the rate and the head count of its line."""
        data = self.cleaned_data
        return [(row, data[f"rate_{row.pk}"], data[f"count_{row.pk}"]) for row in self.targets]


class TargetForm(forms.Form):
    """What an indicator is to reach in a year; the rules of `assessments.rules.months.check_target` hold beside it."""

    indicator = forms.ChoiceField(label=_("Indicator"), choices=[(row.code, row.name) for row in INDICATORS])
    category = forms.ChoiceField(label=_("Category"))
    scope = forms.ChoiceField(label=_("Scope"), choices=Target.Scope)
    institution = forms.ModelChoiceField(Institution.objects.none(), label=_("Institution"), required=False)
    rate = _rate()
    count = _count()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category, institution = self.fields["category"], self.fields["institution"]
        assert isinstance(category, forms.ChoiceField) and isinstance(institution, forms.ModelChoiceField)
        category.choices = list(category_names().items())
        institution.queryset = Institution.objects.visible_to(user).order_by("code")
