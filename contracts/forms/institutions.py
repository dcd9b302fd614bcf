"""Forms of institutions; a division is found by its code."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from teams.actions.institutions import EDITED
from teams.clock import today
from teams.copies import fingerprint
from teams.fields import DayField, LongSelect
from teams.models import Division, Institution, User
from teams.phones import tidy_public_phone


class InstitutionForm(forms.Form):
    """What is said of an institution."""

    name = forms.CharField(label=_("Institution name"), max_length=80, strip=True)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Please choose")), *Institution.Kind.choices])
    setting = forms.ChoiceField(
        label=_("Urban or rural"), choices=[("", "—"), *Institution.Setting.choices], required=False
    )
    division = forms.ModelChoiceField(
        Division.objects.all(), to_field_name="code", label=_("Division code"), required=False, widget=forms.TextInput
    )
    division.error_messages["invalid_choice"] = _("There is no division with this code.")
    public_phone = forms.CharField(
        label=_("Public phone"),
        max_length=30,
        strip=True,
        required=False,
        help_text=_("With the area code; everybody sees it. Left empty, none is shown."),
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
    )

    def clean_public_phone(self) -> str:
        """Half-width, as it is dialled."""
        return tidy_public_phone(self.cleaned_data["public_phone"])


class CorrectionForm(InstitutionForm):
    """What is said of an institution, `seen` when the page was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def typed(self) -> dict[str, Any]:
        """The values typed, by the institution's fields (EDITED)."""
        division = self.cleaned_data["division"]
        return self.cleaned_data | {"division_id": division.pk if division else None}


def initial_of(institution: Institution) -> dict[str, Any]:
    """The fields of a `CorrectionForm` as the institution stands."""
    return {
        "name": institution.name,
        "kind": institution.kind,
        "setting": institution.setting,
        "division": institution.division.code if institution.division else "",
        "public_phone": institution.public_phone,
        "seen": fingerprint(institution, EDITED),
    }


class NewInstitutionForm(InstitutionForm):
    """A new institution below another."""

    parent = forms.ModelChoiceField(Institution.objects.none(), label=_("Stands below"), widget=LongSelect)
    code = forms.CharField(label=_("Institution code"), max_length=40, strip=True)
    field_order = ("parent", "code")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, user)


class MoveForm(forms.Form):
    """Under which institution it stands, from which day on."""

    parent = forms.ModelChoiceField(Institution.objects.none(), label=_("Stands below"), widget=LongSelect)
    from_on = DayField(
        label=_("From"), initial=today, help_text=_("What was counted before that day stays where it was.")
    )

    def __init__(self, user: User, institution: Institution, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, user)
        place = institution.parents.filter(to_on=None).select_related("parent").first()
        if place:
            said = {"parent": place.parent.name}
            self.fields["parent"].help_text = _("It stands below %(parent)s now.") % said


def _offer(form: forms.Form, user: User) -> None:
    field = form.fields["parent"]
    assert isinstance(field, forms.ModelChoiceField)
    field.empty_label = _("Please choose")
    field.queryset = Institution.objects.visible_to(user).order_by("code")
