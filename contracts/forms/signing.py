"""Forms of the signing desk."""

import base64
import binascii
import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from contracts.actions.drafts import Evidence
from contracts.models import Agreement
from residents.identity import IdentityError, IdNumber, parse_id_number
from residents.models import Resident
from teams.actions.submissions import fresh_key
from teams.clock import today
from teams.models import Division, Team, TeamVillage, User
from teams.phones import Phone, parse_phone

LARGEST_SCAN = 5 * 1024 * 1024
LARGEST_SIGNATURE = 256 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
# First bytes of what a scanner or a phone makes, and what to call it.
SCANS = {PNG: "image/png", b"\xff\xd8\xff": "image/jpeg", b"%PDF-": "application/pdf"}
# What a scanner never writes into a PDF: scripts, programs to start, files inside.
ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia)\b")
DRAWN = "data:image/png;base64,"
THIS_HOUSEHOLD, OWN_HOUSEHOLD = "this", "own"


class RegisterForm(forms.Form):
    """A person who is not in the registry yet. With `beside`, they may live in that resident's household."""

    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)
    id_number = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=60)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    village = forms.ModelChoiceField(Division.objects.none(), label=_("Village"), required=False)
    household = forms.ChoiceField(label=_("Household"))
    address = forms.CharField(label=_("Address"), max_length=200, required=False)

    def __init__(self, user: User, beside: Resident | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "id_new_%s"
        village, household = self.fields["village"], self.fields["household"]
        assert isinstance(village, forms.ModelChoiceField)
        assert isinstance(household, forms.ChoiceField)
        village.queryset = villages_for(user, beside)
        household.choices = [(OWN_HOUSEHOLD, _("a household of their own"))]
        if beside:
            household.choices = [(THIS_HOUSEHOLD, _("the household on the desk")), *household.choices]
            village.initial, self.fields["address"].initial = beside.village_id, beside.address
        for name in ("name", "phone", "village", "household", "address"):
            self.fields[name].widget.attrs |= {"data-keep": f"new_{name}", "autocomplete": "off"}

    def clean_id_number(self) -> IdNumber:
        """The checked number."""
        try:
            return parse_id_number(self.cleaned_data["id_number"], today=today())
        except IdentityError as error:
            raise forms.ValidationError(error.message) from None

    def clean_phone(self) -> Phone | None:
        """The number as it is kept; a wrong one goes in, marked."""
        phone = parse_phone(self.cleaned_data["phone"])
        return phone if phone.number else None


class SignatureForm(forms.Form):
    """How a contract was signed: on paper, perhaps with its picture, or by a signature drawn on the screen."""

    signed = forms.ChoiceField(label=_("How it was signed"), choices=Agreement.Signed, widget=forms.RadioSelect)
    signature = forms.CharField(required=False, widget=forms.HiddenInput)
    scan = forms.FileField(
        label=_("Picture or scan of the signed paper"),
        help_text=_("JPEG, PNG or PDF, up to 5 MB"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf"}),
    )

    def clean_signature(self) -> bytes | None:
        """The PNG that the page sent as a data URL."""
        drawn = self.cleaned_data["signature"]
        if not drawn:
            return None
        try:
            content = base64.b64decode(drawn.removeprefix(DRAWN), validate=True)
        except binascii.Error:
            content = b""
        if not drawn.startswith(DRAWN) or not content.startswith(PNG) or len(content) > LARGEST_SIGNATURE:
            raise forms.ValidationError(_("The signature could not be read. Clear it and let it be drawn again."))
        return content

    def clean_scan(self) -> UploadedFile | None:
        """The file, when its size and first bytes are those of a scan."""
        return checked_scan(self.cleaned_data["scan"])

    def evidence(self) -> Evidence:
        """What is filed with the contract; what belongs to the other way of signing is left out."""
        scan = self.cleaned_data["scan"] if self.cleaned_data["signed"] == Agreement.Signed.PAPER else None
        content = scan.read() if scan else None
        return Evidence(
            signed=self.cleaned_data["signed"],
            signature=self.cleaned_data["signature"] if self.cleaned_data["signed"] == "screen" else None,
            scan=content,
            scan_type=(scan_type(content[:8]) or "") if content else "",
        )


class ScanForm(forms.Form):
    """The scan of the signed paper, added after the signing."""

    scan = forms.FileField(
        label=_("Picture or scan of the signed paper"),
        help_text=_("JPEG, PNG or PDF, up to 5 MB"),
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf"}),
    )

    def clean_scan(self) -> UploadedFile | None:
        """The file, when its size and content are those of a scan."""
        return checked_scan(self.cleaned_data["scan"])

    @property
    def scanned(self) -> tuple[bytes, str]:
        """The file's content and media type."""
        content = self.cleaned_data["scan"].read()
        return content, scan_type(content[:8]) or ""


def checked_scan(scan: UploadedFile | None) -> UploadedFile | None:
    """The file, when it is small enough, begins as a scan does and holds nothing that acts by itself."""
    if scan is None:
        return None
    if (scan.size or 0) > LARGEST_SCAN:
        limit = filesizeformat(LARGEST_SCAN)
        raise forms.ValidationError(_("The file is larger than %(limit)s."), params={"limit": limit})
    content = scan.read()
    scan.seek(0)
    if scan_type(content[:8]) is None:
        raise forms.ValidationError(_("This is not a JPEG, PNG or PDF file."))
    if content.startswith(b"%PDF-") and ACTIVE.search(content):
        raise forms.ValidationError(_("This PDF holds a program or another file. Scan the paper again."), code="active")
    return scan


def scan_type(start: bytes) -> str | None:
    """The media type that a file's first bytes tell, of those that are taken."""
    return next((name for first, name in SCANS.items() if start.startswith(first)), None)


def villages_for(user: User, beside: Resident | None) -> QuerySet[Division]:
    """Villages that teams of the account serve, and where `beside` lives."""
    teams = Team.objects.visible_to(user).existing_on(today())
    served = TeamVillage.objects.on(today()).filter(team__in=teams).values("village")
    rows = Division.objects.filter(level=Division.Level.VILLAGE, pk__in=served)
    if beside and beside.village_id:
        rows = rows | Division.objects.filter(level=Division.Level.VILLAGE, pk=beside.village_id)
    return rows.order_by("code")
