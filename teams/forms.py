"""Forms of teams."""

from datetime import date, datetime, time
from typing import Any, BinaryIO, cast

import django_filters
from django import forms
from django.conf import settings
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from teams.actions.accounts import EDITED, Holding, choose_password
from teams.actions.submissions import fresh_key
from teams.copies import fingerprint
from teams.fields import DayField, LongSelect, StaffField
from teams.imports import Kind, all_kinds, kinds_for
from teams.models import AuditEvent, Export, Import, Institution, Role, User
from teams.permissions import SignedInRequest
from teams.queries.accounts import BUREAU
from teams.rules import RuleViolation
from teams.sheet_files import ENDINGS, Limits, SheetError, open_file
from teams.trail import codes_told_with


class SheetForm(forms.Form):
    """A spreadsheet file, refused by size and format before it is opened. Sent twice it is taken once."""

    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)
    file = forms.FileField(
        label=_("File"),
        help_text=_(".csv, .xlsx, .xls or .ods"),
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )

    def clean_file(self) -> UploadedFile:
        """The file, when its size, ending and first bytes are those of a spreadsheet."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_LIMIT:
            limit = filesizeformat(settings.UPLOAD_LIMIT)
            raise forms.ValidationError(_("The file is larger than %(limit)s: split it."), params={"limit": limit})
        try:
            open_file(cast(BinaryIO, file.file), file.name or "", Limits(file_bytes=settings.UPLOAD_LIMIT))[0].close()
        except SheetError as error:
            raise forms.ValidationError(error.message) from None
        file.seek(0)
        return file


class ImportForm(SheetForm):
    """A file of a kind that the account may import."""

    kind = forms.ChoiceField(label=_("Kind of file"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {kind.code: kind for kind in kinds_for(user)}
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(code, kind.title) for code, kind in self.kinds.items()]

    def clean_kind(self) -> Kind:
        """The kind itself."""
        return self.kinds[self.cleaned_data["kind"]]


def kind_choices() -> list[tuple[str, object]]:
    """Every kind of file, for a filter."""
    return [(kind.code, kind.title) for kind in all_kinds()]


def senders(request: SignedInRequest) -> QuerySet[User]:
    """Whoever sent one of the imports that the account sees."""
    return User.objects.filter(pk__in=Import.objects.visible_to(request.user).order_by().values("by"))


class DayFilter(django_filters.DateFilter):
    """A day as people type it."""

    field_class = DayField


class ImportFilter(django_filters.FilterSet):
    """Of the imports so far, those of a kind, in a state, by somebody, from a day on."""

    kind = django_filters.ChoiceFilter(label=_("Kind of file"), choices=kind_choices, empty_label=_("All"))
    status = django_filters.ChoiceFilter(label=_("Status"), choices=Import.Status, empty_label=_("All"))
    by = django_filters.ModelChoiceFilter(label=_("By"), queryset=senders, empty_label=_("All"))
    since = DayFilter(label=_("Sent since"), field_name="created_at", lookup_expr="date__gte")
    until = DayFilter(label=_("Sent until"), field_name="created_at", lookup_expr="date__lte")

    class Meta:
        model = Import
        fields = ("kind", "status", "by", "since", "until")


class AuditFilter(django_filters.FilterSet):
    """Of the audit trail, what somebody did, of a kind, from an address, on some days, with some words."""

    kind = django_filters.ChoiceFilter(label=_("Kind of action"), choices=AuditEvent.Kind, empty_label=_("All"))
    username = django_filters.CharFilter(label=_("User name"), lookup_expr="iexact")
    since = DayFilter(label=_("Since"), method="from_day")
    until = DayFilter(label=_("Until"), method="to_day")
    q = django_filters.CharFilter(label=_("What or why"), method="holding")

    class Meta:
        model = AuditEvent
        fields = ("kind", "username", "since", "until", "q")

    def from_day(self, rows: QuerySet[AuditEvent], name: str, day: date) -> QuerySet[AuditEvent]:
        """From the day's first moment on: moments are found by their index, days of moments are not."""
        return rows.filter(at__gte=timezone.make_aware(datetime.combine(day, time.min)))

    def to_day(self, rows: QuerySet[AuditEvent], name: str, day: date) -> QuerySet[AuditEvent]:
        """To the day's last moment."""
        return rows.filter(at__lte=timezone.make_aware(datetime.combine(day, time.max)))

    def holding(self, rows: QuerySet[AuditEvent], name: str, words: str) -> QuerySet[AuditEvent]:
        """Lines that hold the words in what was done (as it is kept or told), why, or from where."""
        said = Q(what__icontains=words) | Q(reason__icontains=words) | Q(address__startswith=words)
        for code in codes_told_with(words):
            said |= Q(what__regex=f"^(?:{code})$")
        return rows.filter(said)


class TeamFilter(forms.Form):
    """What narrows the list of teams; what is wrong in an address is as if it were not there."""

    q = forms.CharField(label=_("Name or code"), required=False)
    unit = forms.ModelChoiceField(
        Institution.objects.none(), label=_("Institution"), required=False, empty_label=_("All")
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("existing")), ("dissolved", _("dissolved"))]
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)
        unit.queryset = Institution.objects.visible_to(user).filter(teams__isnull=False).distinct().order_by("code")
        self.is_valid()


class ExportForm(forms.Form):
    """How a list is to be written; whole identities only where the account may, and with a reason."""

    submission = forms.CharField(widget=forms.HiddenInput)
    form = forms.ChoiceField(label=_("Format"), choices=Export.Form, initial=Export.Form.XLSX)
    whole = forms.BooleanField(
        label=_("Whole ID numbers and phones"), required=False, help_text=_("Recorded in the audit trail.")
    )
    reason = forms.CharField(label=_("What they are needed for"), required=False, max_length=200)

    def __init__(self, may_export_whole: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_export_whole:
            del self.fields["whole"], self.fields["reason"]


class TokenForm(forms.Form):
    """What a key is for, and the account as which it acts."""

    name = forms.CharField(label=_("What the key is for"), max_length=60)
    account = forms.ModelChoiceField(User.objects.none(), label=_("User account"), empty_label=None)

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        accounts = User.objects.visible_to(user).filter(is_active=True).order_by("username")
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]
        self.fields["account"].label_from_instance = lambda account: f"{account.username} · {account}"  # type: ignore[attr-defined]


# What an account of a role may do, for who gives the role.
ROLE_DUTIES = {
    Role.CLERK: _("finds, signs and serves the institution's people, imports files, enters fees"),
    Role.DOCTOR: _("signs and serves the people of the own teams and villages"),
    Role.OFFICIAL: _("reads figures and people; supervision, assessment, money, freezing of months"),
    Role.ADMINISTRATOR: _("keeps accounts, teams, packages, rubrics and reference tables, imports files"),
    Role.AUDITOR: _("reads the audit trail and checks figures; sees no person"),
}
# Which field a refusal is about.
REFUSED_FIELDS = {
    "account.username": "username",
    "account.identity": "username",
    "account.outside": "institution",
    "account.no_role": "roles",
    "account.own": "roles",
    "account.last_administrator": "roles",
    "account.doctor_without_staff": "staff",
    "account.staff_elsewhere": "staff",
    "account.staff_left": "staff",
    "account.staff_taken": "staff",
}


class AccountForm(forms.Form):
    """What an account holds, `seen` when the page was opened; of a new one (`account` None) its user name, too."""

    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    username = forms.CharField(
        label=_("User name"), max_length=150, help_text=_("Letters, digits and @ . + - _; never an ID number.")
    )
    institution = forms.ChoiceField(label=_("Institution"), widget=LongSelect)
    staff = StaffField(
        label=_("Staff number or name"), max_length=60, required=False, help_text=_("A doctor's account needs it.")
    )
    name = forms.CharField(
        label=_("Name"), max_length=60, required=False, help_text=_("Left empty, the staff member's name.")
    )
    roles = forms.TypedMultipleChoiceField(label=_("Roles"), coerce=Role, widget=forms.CheckboxSelectMultiple)

    def __init__(self, user: User, account: User | None, data: Any = None) -> None:
        super().__init__(data, initial=initial_of(account) if account else {})
        institution, staff, roles = (self.fields[name] for name in ("institution", "staff", "roles"))
        assert isinstance(institution, forms.ChoiceField)
        assert isinstance(staff, StaffField)
        assert isinstance(roles, forms.TypedMultipleChoiceField)
        institution.choices = self._places(user, account)
        staff.user = user
        duties = '<strong>{}</strong> <span class="soft">{}</span>'
        roles.choices = [(role, format_html(duties, role.label, ROLE_DUTIES[role])) for role in Role]
        self.fields["username"].widget.attrs["autofocus"] = True
        if account:
            del self.fields["username"]
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off", "autocapitalize": "none"}

    def _places(self, user: User, account: User | None) -> list[tuple[int | str, object]]:
        """Where the account may be: nobody gets the whole district because nothing was chosen."""
        seen = Institution.objects.visible_to(user).order_by("code")
        # The bureau is what no institution means; an account of its row keeps it.
        rows = seen.exclude(kind=Institution.Kind.BUREAU) | seen.filter(pk=account.institution_id if account else None)
        self.institutions = {str(each.pk): each for each in rows}
        whole = [(BUREAU, _("Health bureau (the whole district)"))] if user.scope.is_district else []
        return [("", _("Please choose")), *whole, *((pk, each.name) for pk, each in self.institutions.items())]

    def clean_institution(self) -> Institution | None:
        """The institution itself; None is the bureau."""
        return self.institutions.get(self.cleaned_data["institution"])

    def clean(self) -> dict[str, Any]:
        """Everybody has a name: their own or the staff member's."""
        data = self.cleaned_data
        if not data.get("name") and not data.get("staff") and "staff" not in self.errors:
            self.add_error("name", _("Say whose account it is."))
        return data

    @property
    def holding(self) -> Holding:
        """What `open_account` and `edit_account` are given."""
        data = self.cleaned_data
        return Holding(institution=data["institution"], roles=data["roles"], staff=data["staff"])

    @property
    def typed(self) -> dict[str, Any]:
        """The values typed, by the account's fields (EDITED)."""
        institution, staff = self.cleaned_data["institution"], self.cleaned_data["staff"]
        return {
            "first_name": self.cleaned_data["name"] or (staff.name if staff else ""),
            "institution_id": institution.pk if institution else None,
            "roles": sorted(self.cleaned_data["roles"]),
            "staff_id": staff.pk if staff else None,
        }

    def add_refusal(self, refusal: RuleViolation) -> None:
        """Show a refusal at the field that it is about, else above the form."""
        field = REFUSED_FIELDS.get(refusal.code)
        self.add_error(field if field in self.fields else None, str(refusal))


# The account's field -> the form's, where they differ.
FORM_FIELDS = {"first_name": "name", "institution_id": "institution", "staff_id": "staff"}


def initial_of(account: User) -> dict[str, Any]:
    """The fields of an `AccountForm` as the account stands."""
    return {
        "institution": account.institution_id or BUREAU,
        "staff": account.staff.staff_no if account.staff else "",
        "name": account.get_full_name(),
        "roles": account.roles,
        "seen": fingerprint(account, EDITED),
        "submission": fresh_key(),
    }


def _asked_of_passwords() -> str:
    """What the validators of the settings ask for."""
    least = next(each.min_length for each in get_default_password_validators() if hasattr(each, "min_length"))
    words = gettext("Length at least: %(least)s; not digits only, no common password, and nothing like your own name.")
    return words % {"least": least}


class OwnPasswordForm(PasswordChangeForm):
    """Another password of one's own. Who has just signed in with one that was given isn't asked for it again."""

    # In the words of the pages, which address people otherwise than Django does.
    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": _("This is not the password you have. Type it again."),
    }

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["new_password1"].help_text = _asked_of_passwords()
        if user.must_change_password:
            del self.fields["old_password"]
            self.fields["new_password1"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        """The new one is new."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and self.user.check_password(data["new_password1"]):
            self.add_error("new_password1", _("That is the password you have. Choose another one."))
        return data

    def save(self, commit: bool = True) -> User:
        """Choose it."""
        choose_password(account=self.user, password=self.cleaned_data["new_password1"])
        return self.user
