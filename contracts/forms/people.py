"""Forms that change a resident: the record, registers, household, place, and when they left."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contracts.lives import doubts_about_leaving
from contracts.queries.people import villages_of
from residents.actions.editing import Changes
from residents.categories import categories
from residents.copies import fingerprint
from residents.identity import IdentityError, IdNumber, parse_id_number
from residents.models import Register, Resident
from teams.actions.submissions import fresh_key
from teams.clock import today
from teams.fields import DayField, LongSelect
from teams.models import Division, Institution, User
from teams.phones import Phone, parse_phone

# Fields of the record -> fields of the form that changes it.
FORM_FIELDS = {
    "name": "name",
    "id_hash": "id_number",
    "phone_hash": "phone",
    "address": "address",
    "village_id": "village",
    "registered_on": "registered_on",
}
# Which field a refusal is about.
REFUSED_FIELDS = {
    "resident.exists": "id_number",
    "resident.no_village": "village",
    "resident.registered_before_birth": "registered_on",
    "resident.registered_in_future": "registered_on",
    "resident.dates": "registered_on",
    "life.service_before_birth": "id_number",
    "resident.died_in_future": "died_on",
    "resident.moves_too_late": "moved_out_on",
    "register.no_register": "category",
    "register.sex": "category",
    "register.before_birth": "from_on",
    "register.in_future": "from_on",
    "register.entered": "from_on",
    "register.days": "to_on",
    "household.outside": "number",
    "household.number_taken": "number",
    "resident.same_place": "institution",
    "resident.transfer_in_future": "on",
    "resident.transferred_since": "on",
}


class EditForm(forms.Form):
    """A resident's record as it was when the page was opened (`seen`). Numbers left empty stay as they are."""

    name = forms.CharField(label=_("Name"), max_length=60)
    id_number = forms.CharField(
        label=_("Corrected ID number"), required=False, max_length=40, help_text=_("Left empty, it stays as it is.")
    )
    phone = forms.CharField(
        label=_("New phone"), required=False, max_length=40, help_text=_("Left empty, it stays as it is.")
    )
    no_phone = forms.BooleanField(label=_("There is no phone"), required=False)
    village = forms.ModelChoiceField(Division.objects.none(), label=_("Village"), required=False, widget=LongSelect)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    registered_on = DayField(label=_("Registered on"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput)
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def __init__(self, user: User, resident: Resident, data: Any = None) -> None:
        super().__init__(data, initial=initial_of(resident))
        self.resident = resident
        village = self.fields["village"]
        assert isinstance(village, forms.ModelChoiceField)
        village.queryset = _villages(user, resident)
        for name in ("name", "id_number", "phone", "address"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_id_number(self) -> IdNumber | None:
        """The checked number; None to keep the present one."""
        text = self.cleaned_data["id_number"]
        try:
            return parse_id_number(text, today=today()) if text.strip() else None
        except IdentityError as error:
            raise forms.ValidationError(error.message) from None

    def clean_phone(self) -> Phone | None:
        """The number as it is kept; a wrong one goes in, marked. None to keep the present one."""
        phone = parse_phone(self.cleaned_data["phone"])
        return phone if phone.number else None

    @property
    def changes(self) -> Changes:
        """What `edit_person` is given."""
        data = self.cleaned_data
        changes = Changes(
            name=data["name"], address=data["address"], village=data["village"], registered_on=data["registered_on"]
        )
        if data["id_number"]:
            changes["number"] = data["id_number"]
        if data["phone"] or data["no_phone"]:
            changes["phone"] = None if data["no_phone"] else data["phone"]
        return changes


def initial_of(resident: Resident) -> dict[str, Any]:
    """The fields of an `EditForm` as the record stands."""
    return {
        "name": resident.name,
        "village": resident.village_id,
        "address": resident.address,
        "registered_on": resident.registered_on,
        "seen": fingerprint(resident),
    }


class EntryForm(forms.Form):
    """An entry on a register; of an existing one only the days are mended."""

    category = forms.ChoiceField(label=_("Register"))
    from_on = DayField(label=_("From"), initial=today)
    to_on = DayField(label=_("Until (exclusive)"), required=False, help_text=_("The first day no longer on it."))
    expected_on = DayField(label=_("Expected date of delivery"), required=False)
    delivered_on = DayField(label=_("Delivered on"), required=False)
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def __init__(self, entry: Register | None, *args: Any, **kwargs: Any) -> None:
        names = ("category", "from_on", "to_on", "expected_on", "delivered_on")
        initial = {name: getattr(entry, name) for name in names} if entry else {}
        super().__init__(*args, **{"initial": initial} | kwargs)
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        category.choices = [(each.code, each.name) for each in categories() if each.is_register]
        category.disabled = entry is not None
        if entry is not None and entry.category != "maternal":
            del self.fields["expected_on"], self.fields["delivered_on"]

    @property
    def days(self) -> dict[str, Any]:
        """The days of the entry."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("category", "submission")}


class HouseholdForm(forms.Form):
    """In which household somebody lives."""

    JOIN, FOUND, NONE = "join", "found", "none"

    choice = forms.ChoiceField(
        label=_("Household"),
        choices=[
            (JOIN, _("lives in the household with this number")),
            (FOUND, _("has a household of their own")),
            (NONE, _("lives in none")),
        ],
        widget=forms.RadioSelect,
    )
    number = forms.CharField(label=_("Household number"), required=False, max_length=40)
    is_head = forms.BooleanField(label=_("head of household"), required=False)
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def clean(self) -> dict[str, Any]:
        """Joining needs a number."""
        data = super().clean() or self.cleaned_data
        if data.get("choice") == self.JOIN and not data.get("number"):
            self.add_error("number", _("Enter the number of the household."))
        return data


class TransferForm(forms.Form):
    """Where somebody moved within the district, and when."""

    institution = forms.ModelChoiceField(
        Institution.objects.exclude(kind=Institution.Kind.BUREAU),
        label=_("New institution"),
        empty_label=_("Choose"),
        widget=LongSelect,
    )
    village = forms.ModelChoiceField(
        Division.objects.filter(level=Division.Level.VILLAGE),
        label=_("New village"),
        empty_label=_("Choose"),
        required=False,
        widget=LongSelect,
    )
    on = DayField(label=_("From"), initial=today)
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)


class DepartureForm(forms.Form):
    """When somebody moved out of the district or died; emptied, it is taken back."""

    moved_out_on = DayField(
        label=_("Moved out on"),
        required=False,
        help_text=_("The first day no longer there. Contracts end by that day."),
    )
    died_on = DayField(label=_("Died on"), required=False, help_text=_("Contracts end by that day."))
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def __init__(self, resident: Resident, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"moved_out_on": resident.moved_out_on, "died_on": resident.died_on})
        self.resident = resident
        self.doubts: list[str | Promise] = []

    def clean(self) -> dict[str, Any]:
        """`doubts` holds what was recorded after the days typed, to be confirmed by sending the form again."""
        data = super().clean() or self.cleaned_data
        days = ",".join(str(data.get(name) or "") for name in ("died_on", "moved_out_on"))
        if not self.errors and data["confirmed"] != days:
            self.doubts = list(doubts_about_leaving(self.resident, **self.days))
            self.data = {**self.data.dict(), "confirmed": days if self.doubts else ""}  # type: ignore[attr-defined]
        return data

    @property
    def days(self) -> dict[str, date | None]:
        """What `record_departure` is given."""
        return {name: self.cleaned_data[name] for name in ("died_on", "moved_out_on")}


def _villages(user: User, resident: Resident) -> QuerySet[Division]:
    present = Division.objects.filter(pk=resident.village_id or 0, level=Division.Level.VILLAGE)
    return (villages_of(user) | present).distinct()
