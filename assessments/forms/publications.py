"""What is published for residents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.models import Cycle, Month, Publication
from assessments.presenters.publications import HOW
from teams.actions.submissions import fresh_key
from teams.clock import month_words


class PublicationForm(forms.Form):
    """A frozen month, the cycle whose grades are shown (proposed: `cycle`, else that of before), and how to sign."""

    month = forms.ChoiceField(label=_("Figures of"))
    cycle = forms.ModelChoiceField(
        Cycle.objects.filter(state=Cycle.State.PUBLISHED),
        label=_("Grades of"),
        required=False,
        empty_label=_("no grades"),
    )
    how_to_sign = forms.CharField(label=_("How to sign"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def __init__(self, data: Any = None, *, cycle: str = "") -> None:
        last = Publication.objects.order_by("-pk").first()
        said = last.content.get("how_to_sign") if last else ""
        shown = last.cycle_id if last else None
        super().__init__(data, initial={"how_to_sign": said or HOW, "cycle": cycle or shown})
        frozen = Month.objects.filter(current__frozen_at__isnull=False).order_by("-first_on")
        field = self.fields["month"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(f"{row.first_on:%Y-%m}", month_words(row.first_on)) for row in frozen]

    def clean_month(self) -> CalendarMonth:
        """The month chosen."""
        return CalendarMonth.parse(self.cleaned_data["month"])
