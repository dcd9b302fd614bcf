"""Choosing a bulletin's month, and editing its words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.models import Bulletin, Month
from assessments.presenters.bulletins import NAMES
from assessments.queries.bulletins import COLUMNS
from teams.actions.submissions import fresh_key
from teams.clock import month_words

TEXT = "text_"


class BulletinMonthForm(forms.Form):
    """A month that has figures."""

    month = forms.ChoiceField(label=_("Month"))
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Month.objects.exclude(current=None).select_related("current").order_by("-first_on")[:36]
        field = self.fields["month"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(f"{row.first_on:%Y-%m}", _month_label(row)) for row in rows]

    def clean_month(self) -> CalendarMonth:
        """The month chosen."""
        return CalendarMonth.parse(self.cleaned_data["month"])


class BulletinForm(forms.Form):
    """Title, issuer, the letters of the number, and each paragraph."""

    title = forms.CharField(label=_("Title of the bulletin"), max_length=120)
    issuer = forms.CharField(label=_("Issuer"), max_length=80)
    letters = forms.CharField(label=_("Letters before the number"), max_length=30)
    shown = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, bulletin: Bulletin, data: Any = None, *, state: str = "") -> None:
        initial = {
            "title": bulletin.title,
            "issuer": bulletin.issuer,
            "letters": bulletin.document_number,
            "shown": state,
        }
        super().__init__(data, initial=initial)
        for part in bulletin.paragraphs:
            lines = max(2, len(part["text"]) // 60 + part["text"].count("\n") + 1)
            self.fields[f"{TEXT}{part['code']}"] = forms.CharField(
                label=part["heading"] or (_("Opening") if part["code"] == "opening" else _("Closing words")),
                initial=part["text"],
                required=False,
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": min(lines, 12), "lang": "zh-hans"}),
            )

    @property
    def texts(self) -> dict[str, str]:
        """Paragraph code -> text; line ends as one letter."""
        found = {name.removeprefix(TEXT): value for name, value in self.cleaned_data.items() if name.startswith(TEXT)}
        return {code: value.replace("\r\n", "\n").strip() for code, value in found.items()}


class RefreshForm(forms.Form):
    """What the centres are ranked by."""

    rank_by = forms.ChoiceField(label=_("Rank by"), choices=[(code, NAMES[code]) for code in COLUMNS])


def _month_label(month: Month) -> str:
    assert month.current
    frozen = _("frozen") if month.current.frozen_at else _("provisional")
    return f"{month_words(month.first_on)} · {frozen}"
