"""Several files at once, as a phone's camera or an album gives them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.uploads import LARGEST, Proof, check_count, read_proof
from teams.rules import RuleViolation


class SeveralFiles(forms.FileInput):
    """`<input type="file" multiple>`."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All files of the field."""
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class ProofsField(forms.FileField):
    """Pictures and papers, checked by their content; becomes a list of `Proof`."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("JPEG, PNG or PDF, up to 5 MB each"))
        options.setdefault("widget", SeveralFiles(attrs={"accept": ".jpg,.jpeg,.png,.pdf"}))
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> list[Proof]:
        """The files. Never more than their limit is read into memory."""
        sent = [file for file in (data or []) if file]
        if self.required and not sent:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        try:
            proofs = [read_proof(file.read(LARGEST + 1)) for file in sent]
            check_count(proofs)
        except RuleViolation as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from None
        return proofs
