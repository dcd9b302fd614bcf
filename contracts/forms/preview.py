"""Somebody who might sign, for the preview of packages."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.actions.rehearsal import Person
from residents.categories import categories
from residents.models import Sex
from service_packages.models import PackageVersion
from teams.clock import today
from teams.dates import ONE_DAY, add_months
from teams.fields import DayField
from teams.models import User

OLDEST = 120
TERMS = ((1, _("1 year")), (2, _("2 years")), (3, _("3 years")))
# Somebody who books in the twelfth week.
UNTIL_DELIVERY = timedelta(weeks=28)


class VersionsField(forms.ModelMultipleChoiceField):
    """Versions by name and code; drafts say so."""

    def label_from_instance(self, version: PackageVersion) -> str:
        """What stands beside the box."""
        draft = f" ({version.get_status_display()})" if version.status == PackageVersion.Status.DRAFT else ""
        return f"{version.name} · {version.package.code}{draft}"


class PreviewForm(forms.Form):
    """Sex, age, registers, first day and term; and which packages, none meaning all that suit the person."""

    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, initial=Sex.FEMALE)
    age = forms.IntegerField(label=_("Age"), min_value=0, max_value=OLDEST, initial=70)
    born_on = DayField(label=_("Or born on"), required=False, help_text=_("for children"))
    start_on = DayField(label=_("First day"))
    term = forms.TypedChoiceField(label=_("Term"), choices=TERMS, coerce=int, initial=1)
    expected_on = DayField(label=_("Expected date of delivery"), required=False)
    registers = forms.MultipleChoiceField(
        label=_("On the registers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    versions = VersionsField(
        PackageVersion.objects.none(),
        label=_("Packages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every package in use that suits the person."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.registers_known = [category for category in categories() if category.is_register]
        registers, versions = self.fields["registers"], self.fields["versions"]
        assert isinstance(registers, forms.MultipleChoiceField)
        registers.choices = [(category.code, category.name) for category in self.registers_known]
        assert isinstance(versions, forms.ModelMultipleChoiceField)
        shown = PackageVersion.objects.visible_to(user).exclude(status=PackageVersion.Status.RETIRED)
        versions.queryset = (
            shown.select_related("package").prefetch_related("items").order_by("package__code", "number")
        )
        self.fields["start_on"].initial = today()

    def clean(self) -> dict[str, Any]:
        """The person and the last day beside the fields."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start_on = cleaned.get("start_on")
        if start_on and "age" in cleaned and "term" in cleaned:
            cleaned["birth_date"] = cleaned.get("born_on") or add_months(start_on, -12 * cleaned["age"])
            cleaned["end_on"] = add_months(start_on, 12 * cleaned["term"]) - ONE_DAY
            if cleaned["birth_date"] > cleaned["end_on"]:
                self.add_error("born_on", _("The contract would be over before the birth."))
        return cleaned

    def person(self) -> Person:
        """Who would sign; on the registers since the first day."""
        cleaned = self.cleaned_data
        start_on: date = cleaned["start_on"]
        registers = dict.fromkeys(cleaned["registers"], start_on)
        return Person(
            cleaned["sex"], cleaned["birth_date"], registers, cleaned["expected_on"] or start_on + UNTIL_DELIVERY
        )
