"""Asking a hospital to take somebody, answering, handing back, and keeping slots."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.models import Referral, SlotQuota
from contracts.referring import hospitals, is_of
from residents.identity import IdentityError, IdNumber, parse_id_number
from teams.actions.submissions import fresh_key
from teams.clock import today
from teams.fields import DayField
from teams.models import Institution, User

SLOTS_AHEAD = timedelta(days=30)


class ReferralForm(forms.Form):
    """To which hospital, how urgent, and why."""

    hospital = forms.ModelChoiceField(Institution.objects.none(), label=_("Hospital"), empty_label=None)
    priority = forms.ChoiceField(label=_("Priority"), choices=Referral.Priority, initial=Referral.Priority.ROUTINE)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Findings, and what is asked"),
    )
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hospital"].queryset = hospitals()  # type: ignore[attr-defined]

    @property
    def details(self) -> dict[str, Any]:
        """What `refer` is given besides whom."""
        return {name: self.cleaned_data[name] for name in ("hospital", "priority", "reason")}


class HandBackForm(forms.Form):
    """Whom the hospital hands back, by the number on the card, and what the team should do."""

    id_number = forms.CharField(
        label=_("ID number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    hospital = forms.ModelChoiceField(Institution.objects.none(), label=_("Hospital"), empty_label=None)
    reason = forms.CharField(
        label=_("Treatment, and what the team should do"), max_length=400, widget=forms.Textarea(attrs={"rows": 4})
    )
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hospital"].queryset = own_hospitals(user)  # type: ignore[attr-defined]

    def clean_id_number(self) -> IdNumber:
        """The number on the card, when it can be one."""
        try:
            return parse_id_number(self.cleaned_data["id_number"], today=today())
        except IdentityError as error:
            raise forms.ValidationError(error.message) from None

    @property
    def details(self) -> dict[str, Any]:
        """What `hand_back` is given besides whom."""
        return {name: self.cleaned_data[name] for name in ("hospital", "reason")}


class StepForm(forms.Form):
    """A step of a referral; an accepted request needs a slot or a day."""

    slot = forms.ModelChoiceField(SlotQuota.objects.none(), label=_("Reserved slot"), required=False)
    appointment_on = DayField(label=_("Or appointment on"), required=False)
    note = forms.CharField(label=_("Remark"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def __init__(self, referral: Referral, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = (today(), today() + SLOTS_AHEAD)
        rows = SlotQuota.objects.filter(hospital=referral.hospital_id, day__range=days)
        field = self.fields["slot"]
        field.queryset = rows  # type: ignore[attr-defined]
        field.label_from_instance = _slot_text  # type: ignore[attr-defined]


def _slot_text(slot: SlotQuota) -> str:
    free = gettext("%(free)s of %(reserved)s free") % {"free": slot.free, "reserved": slot.reserved}
    return f"{slot.day:%Y-%m-%d} {slot.department} · {slot.get_kind_display()} · {free}"


class SlotForm(forms.Form):
    """How many slots a hospital keeps on the days of a stretch."""

    hospital = forms.ModelChoiceField(Institution.objects.none(), label=_("Hospital"), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind of slot"), choices=SlotQuota.Kind)
    department = forms.CharField(label=_("Department"), max_length=60)
    day = DayField(label=_("Day"), initial=today)
    reserved = forms.IntegerField(label=_("Reserved"), min_value=0, max_value=500)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hospital"].queryset = own_hospitals(user)  # type: ignore[attr-defined]


def own_hospitals(user: User) -> Any:
    """The hospitals for which the account acts."""
    return hospitals().filter(pk__in=[hospital.pk for hospital in hospitals() if is_of(user, hospital)])
