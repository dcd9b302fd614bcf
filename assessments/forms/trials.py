"""On what a version of a rubric is tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.models import RubricVersion, UnitKind
from assessments.queries.rubrics import frozen_months
from teams.clock import month_words


@dataclass(frozen=True)
class TrialChoice:
    """Who is scored, over which months, beside which version."""

    unit_kind: str
    period: tuple[date, date]
    beside: RubricVersion


class TrialForm(forms.Form):
    """Kind of unit, months, and the version to compare with; unbound it stands for the latest frozen month. `others`
    are the versions of the rubric by id, the newest first."""

    units = forms.ChoiceField(label=_("Who is assessed"), choices=UnitKind.choices, initial=UnitKind.INSTITUTION)
    from_month = forms.ChoiceField(label=_("From month"))
    to_month = forms.ChoiceField(label=_("To month"))
    beside = forms.TypedChoiceField(label=_("Compare with"), coerce=int)

    def __init__(self, version: RubricVersion, others: Mapping[int, RubricVersion], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version, self.others = version, others
        self.months = frozen_months()
        choices = [(f"{month:%Y-%m}", month_words(month)) for month in self.months]
        for name in ("from_month", "to_month"):
            month = self.fields[name]
            assert isinstance(month, forms.ChoiceField)
            month.choices, month.initial = choices, choices[0][0] if choices else None
        beside = self.fields["beside"]
        assert isinstance(beside, forms.ChoiceField)
        beside.choices = [(row.pk, f"v{row.number} {row.get_status_display()}") for row in self.others.values()]
        beside.initial = self._in_use().pk
        for field in self.fields.values():
            field.required = False

    def clean(self) -> dict[str, Any] | None:
        """The months in order."""
        if self.choice().period[0] > self.choice().period[1]:
            self.add_error("from_month", _("The first month comes before the last."))
        return self.cleaned_data

    def choice(self) -> TrialChoice:
        """What was chosen; where nothing was, the defaults."""
        data = self.cleaned_data if self.is_bound else {}
        first, last = (
            CalendarMonth.parse(data[name]).first if data.get(name) else self.months[0]
            for name in ("from_month", "to_month")
        )
        beside = self.others[data["beside"]] if data.get("beside") else self._in_use()
        return TrialChoice(data.get("units") or UnitKind.INSTITUTION, (first, last), beside)

    def _in_use(self) -> RubricVersion:
        """The published version; where there is none, the version itself."""
        published = (row for row in self.others.values() if row.status == RubricVersion.Status.PUBLISHED)
        return next(published, self.version)
