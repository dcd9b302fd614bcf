"""Forms of cycles: a new one, and what narrows the list of its units."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.actions.cycles import Wanted
from assessments.calendar import CalendarMonth
from assessments.models import Assessment, Cycle, RubricVersion, UnitKind
from assessments.queries.rubrics import frozen_months
from assessments.queries.scoring import CENTRES
from teams.clock import today
from teams.fields import DayField
from teams.models import Institution
from teams.rules import RuleViolation

ASSESSED_KINDS = (*CENTRES, Institution.Kind.VILLAGE_CLINIC, Institution.Kind.LEAD_HOSPITAL)


class MonthField(forms.CharField):
    """A month, written 2018-10."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 9, "placeholder": "2018-10"})

    def clean(self, value: Any) -> Any:
        """Its first day."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return CalendarMonth.parse(text).first
        except RuleViolation as refusal:
            raise forms.ValidationError(str(refusal)) from None


class CycleForm(forms.Form):
    """A new cycle: who is assessed, by which rubric, over which months."""

    name = forms.CharField(label=_("Title"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind of cycle"), choices=Cycle.Kind.choices)
    unit_kind = forms.ChoiceField(label=_("Who is assessed"), choices=UnitKind.choices)
    institution_kinds = forms.MultipleChoiceField(
        label=_("Kinds of institutions"),
        choices=[(kind.value, kind.label) for kind in ASSESSED_KINDS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("When institutions are assessed."),
    )
    version = forms.ModelChoiceField(RubricVersion.objects.none(), label=_("Rubric"))
    from_month = MonthField(label=_("From month"))
    to_month = MonthField(label=_("To month"), help_text=_("Rates are read from the last frozen month up to here."))
    self_due_on = DayField(label=_("Self-assessment by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = self.fields["version"]
        assert isinstance(version, forms.ModelChoiceField)
        version.queryset = RubricVersion.objects.filter(status=RubricVersion.Status.PUBLISHED)

    @staticmethod
    def proposed() -> dict[str, Any]:
        """A year up to the latest frozen month."""
        months = frozen_months()
        last = CalendarMonth.of(months[0]) if months else CalendarMonth.of(today()).plus(-1)
        return {
            "from_month": f"{last.year}-01",
            "to_month": str(last),
            "institution_kinds": list(CENTRES),
            "kind": Cycle.Kind.ANNUAL if last.month == 12 else Cycle.Kind.HALF_YEAR,
        }

    def wanted(self) -> Wanted:
        """What was asked for."""
        return Wanted(**{name: value for name, value in self.cleaned_data.items() if name != "institution_kinds"})


class UnitFilter(forms.Form):
    """What narrows the units of a cycle; what is wrong in an address is as if it were not there."""

    q = forms.CharField(label=_("Name or code"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *Assessment.State.choices])
    sort = forms.ChoiceField(
        label=_("Sort by"), required=False, choices=[("", _("code of the unit")), ("total", _("highest total"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_valid()
