"""Forms of scores: a unit's own, the reviewer's, evidence, appeals and decisions. One form holds many scores."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from assessments.actions.scores import LARGEST, Given, Own
from assessments.models import Rule, Score, Veto
from assessments.rules.scores import is_given_by_hand


def points_field(rule: Rule, label: Any) -> forms.DecimalField:
    """Points of a rule, from 0 up to what it is worth."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 5})
    if rule.method == Rule.Method.PASS_FAIL:
        widget.attrs["placeholder"] = _("%(full)s or 0") % {"full": f"{rule.points.normalize():f}"}
    return forms.DecimalField(
        label=f"{rule.code} {label}",
        required=False,
        min_value=Decimal(0),
        max_value=rule.points,
        decimal_places=2,
        widget=widget,
    )


def text_field(rule: Rule, label: Any) -> forms.CharField:
    """Some words beside a rule."""
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=f"{rule.code} {label}", required=False, max_length=1000, widget=widget)


class OwnForm(forms.Form):
    """A unit's own scores: points where somebody gives them, and what was done."""

    def __init__(self, rows: Sequence[Score], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = [row for row in rows if is_given_by_hand(row.rule)]
        for row in self.rows:
            self.fields[f"points_{row.pk}"] = points_field(row.rule, _("own score"))
            self.fields[f"text_{row.pk}"] = text_field(row.rule, _("what was done"))
            # The two stand one above the other in a cell; columns of their own would be empty for most rules.
            self.fields[f"points_{row.pk}"].widget.attrs.setdefault("placeholder", _("own score"))
            self.fields[f"text_{row.pk}"].widget.attrs["placeholder"] = _("what was done")
            self.initial.update({f"points_{row.pk}": row.self_points, f"text_{row.pk}": row.self_text})

    def cells(self, row: Score) -> dict[str, BoundField]:
        """The controls of a score; none where the figures say it."""
        names = {"points": f"points_{row.pk}", "text": f"text_{row.pk}"}
        return {key: self[name] for key, name in names.items() if name in self.fields}

    def own(self) -> dict[int, Own]:
        """Score id -> what the unit says."""
        data = self.cleaned_data
        return {row.pk: Own(data[f"points_{row.pk}"], data[f"text_{row.pk}"]) for row in self.rows}


class ReviewForm(forms.Form):
    """The reviewer's points beside those of the unit and of a third party, with the reason of a change."""

    def __init__(self, rows: Sequence[Score], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"points_{row.pk}"] = points_field(row.rule, _("points"))
            self.fields[f"third_{row.pk}"] = points_field(row.rule, _("third party's score"))
            self.fields[f"reason_{row.pk}"] = text_field(row.rule, _("reason"))
            self.fields[f"edition_{row.pk}"] = forms.IntegerField(widget=forms.HiddenInput)
            said = {"points": row.points, "third": row.third_points, "edition": row.edition}
            self.initial.update({f"{name}_{row.pk}": value for name, value in said.items()})

    def cells(self, row: Score) -> dict[str, BoundField]:
        """The controls of a score."""
        return {key: self[f"{key}_{row.pk}"] for key in ("points", "third", "reason", "edition")}

    def given(self) -> dict[int, Given]:
        """Score id -> what the reviewer gives."""
        data = self.cleaned_data
        return {
            row.pk: Given(
                *(data[f"{name}_{row.pk}"] for name in ("points", "third", "reason", "edition")),
            )
            for row in self.rows
        }


class EvidenceForm(forms.Form):
    """A file that shows what was done."""

    file = forms.FileField(label=_("File"), help_text=_("Picture, PDF, .docx or .xlsx, at most 5 MB."))

    def content(self) -> bytes:
        """The file's bytes, no more than may be kept and one."""
        return bytes(self.cleaned_data["file"].read(LARGEST + 1))


class ReasonForm(forms.Form):
    """Why a step is taken."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class VetoHitForm(ReasonForm):
    """Which veto has been triggered, and why."""

    veto = forms.ModelChoiceField(Veto.objects.none(), label=_("Veto"))
    field_order = ("veto", "reason")

    def __init__(self, vetoes: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        veto = self.fields["veto"]
        assert isinstance(veto, forms.ModelChoiceField)
        veto.queryset = vetoes


class AppealForm(forms.Form):
    """What is wrong with a score."""

    text = forms.CharField(label=_("Why the score is wrong"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class DecisionForm(forms.Form):
    """The decision on an appeal; without points the score stays as it is."""

    def __init__(self, rule: Rule, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["points"] = points_field(rule, _("points from now on"))
        self.fields["points"].help_text = _("Empty: the appeal is dismissed and the score stays.")
        self.fields["decision"] = forms.CharField(
            label=_("Reasons of the decision"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
        )
