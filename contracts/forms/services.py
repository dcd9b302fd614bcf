"""Entering one service: the follow-up in five fields, its correction, and the waiver of what is owed."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.models import Obligation, Service
from contracts.models.ledger import READINGS
from contracts.readings import doubts
from contracts.rules import check_readings, check_service_date
from residents.models import Resident
from service_packages.models import Item
from teams.actions.submissions import fresh_key
from teams.clock import today
from teams.dates import add_months
from teams.fields import DayField
from teams.models import Staff
from teams.rules import RuleViolation

# What is measured at a follow-up of a kind, where the item itself does not say.
READINGS_OF_KIND = {
    "htn_follow_up": ("systolic", "diastolic"),
    "dm_follow_up": ("fasting_glucose",),
    "健康档案": (),
    "咨询指导": (),
    "检查检验": (),
}


def readings_of(item: Item) -> tuple[str, ...]:
    """Which readings a form of the item asks for."""
    return tuple(item.readings) or READINGS_OF_KIND.get(item.kind, READINGS)


class ServiceForm(forms.Form):
    """Date, readings, place and note of one service. What is impossible is an error, what is unusual is asked again."""

    performed_on = DayField(label=_("Date"))
    systolic = forms.IntegerField(label=_("Systolic (mmHg)"), required=False)
    diastolic = forms.IntegerField(label=_("Diastolic (mmHg)"), required=False)
    fasting_glucose = forms.DecimalField(
        label=_("Fasting glucose (mmol/L)"), required=False, max_digits=4, decimal_places=2
    )
    place = forms.ChoiceField(label=_("How it was given"), required=False)
    staff = forms.ModelChoiceField(Staff.objects.none(), label=_("Given by"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=200)
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    submission = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        resident: Resident,
        item: Item,
        staff: Iterable[Staff],
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, initial={"performed_on": today(), "submission": fresh_key()} | initial)
        self.resident, self.item = resident, item
        self.doubts: list[str | Promise] = []
        asked = readings_of(item)
        for name in READINGS:
            if name not in asked and not initial.get(name):
                del self.fields[name]
        _offer_places(self.fields["place"], initial.get("place", ""))
        _offer_staff(self.fields["staff"], staff)
        for name in (*READINGS, "performed_on"):
            if name in self.fields:
                self.fields[name].widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})
        first = next((name for name in READINGS if name in self.fields), "performed_on")
        self.fields[first].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        """Readings and date of a living person; `doubts` holds what is to be confirmed by sending the form again."""
        data = super().clean() or self.cleaned_data
        readings = {name: data.get(name) for name in READINGS}
        try:
            check_readings(**readings)
        except RuleViolation as refusal:
            self.add_error(_field_of(readings, self.fields), str(refusal))
        if day := data.get("performed_on"):
            try:
                check_service_date(day, birth_date=self.resident.birth_date, died_on=self.resident.died_on)
            except RuleViolation as refusal:
                self.add_error("performed_on", str(refusal))
        typed = ",".join(str(value) for value in (*readings.values(), data.get("performed_on")))
        if not self.errors and data.get("confirmed") != typed:
            self.doubts = [*doubts(readings), *_unmeasured(self.item, readings), *self._long_ago()]
            # The same values sent once more are confirmed.
            self.data = {**self.data.dict(), "confirmed": typed if self.doubts else ""}  # type: ignore[attr-defined]
        return data

    def _long_ago(self) -> Iterator[Promise]:
        """A day typed now, not one that stood there: a slip in the year is more likely."""
        day = self.cleaned_data["performed_on"]
        if day < add_months(today(), -12) and day != self.initial["performed_on"]:
            yield format_lazy(_("{day} lies more than a year back."), day=day)

    @property
    def details(self) -> dict[str, Any]:
        """What `record_service` is given besides whom and what."""
        names = ("performed_on", "staff", "place", *READINGS, "note")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    @property
    def typed(self) -> dict[str, Any]:
        """What a good form says, by the fields of the entry."""
        said = self.details
        return {**said, "staff_id": said["staff"].pk if said["staff"] else None}


def _field_of(readings: dict[str, Any], fields: dict[str, forms.Field]) -> str | None:
    """The field of the impossible reading; for two that don't go together, the lower pressure."""
    for name, value in readings.items():
        try:
            check_readings(**{**dict.fromkeys(READINGS), name: value})
        except RuleViolation:
            return name if name in fields else None
    return "diastolic" if "diastolic" in fields else None


def _unmeasured(item: Item, readings: dict[str, Any]) -> Iterator[Promise]:
    """Nothing was entered of what a follow-up is made for."""
    measured = tuple(item.readings) or READINGS_OF_KIND.get(item.kind, ())
    if measured and all(readings[name] is None for name in measured):
        yield _("No reading was entered, and this service is there to take one.")


def _offer_places(field: forms.Field, present: str) -> None:
    """The five ways, and the words that an import brought along."""
    known = [("", "—"), *Item.Mode.choices]
    if present and present not in Item.Mode.values:
        known.append((present, present))
    field.choices = known  # type: ignore[attr-defined]


def _offer_staff(field: forms.Field, staff: Iterable[Staff]) -> None:
    field.queryset = Staff.objects.filter(pk__in=[member.pk for member in staff])  # type: ignore[attr-defined]


def initial_of(service: Service) -> dict[str, Any]:
    """A correction begins with what stands there."""
    names = ("performed_on", "staff", "place", *READINGS, "note")
    return {name: getattr(service, name) for name in names} | {"seen": service.fingerprint}


class WaiverForm(forms.Form):
    """Why something owed is not to be given, and from which day on."""

    reason = forms.ChoiceField(label=_("Reason"), choices=Obligation.Waiver, widget=forms.RadioSelect)
    on = DayField(label=_("Since"), initial=today)
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)
