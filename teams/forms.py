"""Forms of teams."""

from typing import Any, BinaryIO, cast

import django_filters
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from teams.actions.submissions import fresh_key
from teams.fields import DayField
from teams.imports import Kind, all_kinds, kinds_for
from teams.models import AuditEvent, Export, Import, Institution, User
from teams.permissions import SignedInRequest
from teams.sheet_files import ENDINGS, Limits, SheetError, open_file


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

    kind = django_filters.ChoiceFilter(label=_("Kind of file"), choices=kind_choices, empty_label=_("all"))
    status = django_filters.ChoiceFilter(label=_("Status"), choices=Import.Status, empty_label=_("all"))
    by = django_filters.ModelChoiceFilter(label=_("By"), queryset=senders, empty_label=_("all"))
    since = DayFilter(label=_("Sent since"), field_name="created_at", lookup_expr="date__gte")
    until = DayFilter(label=_("Sent until"), field_name="created_at", lookup_expr="date__lte")

    class Meta:
        model = Import
        fields = ("kind", "status", "by", "since", "until")


class AuditFilter(django_filters.FilterSet):
    """Of the audit trail, what somebody did, of a kind, from an address, on some days, with some words."""

    kind = django_filters.ChoiceFilter(label=_("Kind of action"), choices=AuditEvent.Kind, empty_label=_("all"))
    username = django_filters.CharFilter(label=_("User name"), lookup_expr="iexact")
    since = DayFilter(label=_("Since"), field_name="at", lookup_expr="date__gte")
    until = DayFilter(label=_("Until"), field_name="at", lookup_expr="date__lte")
    q = django_filters.CharFilter(label=_("What or why"), method="holding")

    class Meta:
        model = AuditEvent
        fields = ("kind", "username", "since", "until", "q")

    def holding(self, rows: QuerySet[AuditEvent], name: str, words: str) -> QuerySet[AuditEvent]:
        """Lines that hold the words in what was done, why, or from where."""
        return rows.filter(Q(what__icontains=words) | Q(reason__icontains=words) | Q(address__startswith=words))


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
        label=_("Whole ID numbers and phones"), required=False, help_text=_("Written down in the audit trail.")
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
        accounts = User.objects.filter(user.scope.where("institution_id"), is_active=True).order_by("username")
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]
        self.fields["account"].label_from_instance = lambda account: f"{account.username} · {account}"  # type: ignore[attr-defined]
