"""What is published for residents."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.models import Cycle, Month, Publication, UnitKind
from assessments.presenters.publications import HOW
from teams.actions.submissions import fresh_key
from teams.clock import month_words

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

# The fields of cycles, of the form as of a publication.

CYCLES = ("institution_cycle", "team_cycle")


def _cycle(kind: UnitKind, label: "_StrOrPromise") -> forms.ModelChoiceField:
    found = Cycle.objects.filter(state=Cycle.State.PUBLISHED, unit_kind=kind)
    return forms.ModelChoiceField(found, label=label, required=False, empty_label=_("no grades"))


class PublicationForm(forms.Form):
    """A frozen month, the cycles whose grades are shown (as `proposed` by their fields' names, else those of before),
    and how to sign."""

    month = forms.ChoiceField(label=_("Figures of"))
    institution_cycle = _cycle(UnitKind.INSTITUTION, _("Grades of centres"))
    team_cycle = _cycle(UnitKind.TEAM, _("Grades of teams"))
    how_to_sign = forms.CharField(label=_("How to sign"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def __init__(self, data: Any = None, *, proposed: Mapping[str, Any] | None = None) -> None:
        last = Publication.objects.order_by("-pk").first()
        said = last.content.get("how_to_sign") if last else ""
        cycles = {name: (proposed or {}).get(name) or getattr(last, f"{name}_id", None) for name in CYCLES}
        super().__init__(data, initial={"how_to_sign": said or HOW, **cycles})
        frozen = Month.objects.filter(current__frozen_at__isnull=False).order_by("-first_on")
        field = self.fields["month"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(f"{row.first_on:%Y-%m}", month_words(row.first_on)) for row in frozen]

    def clean_month(self) -> CalendarMonth:
        """The month chosen."""
        return CalendarMonth.parse(self.cleaned_data["month"])
