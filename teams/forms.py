"""Forms of teams."""

from typing import Any, BinaryIO, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from teams.imports import Kind, kinds_for
from teams.models import User
from teams.sheet_files import ENDINGS, Limits, SheetError, open_file


class ImportForm(forms.Form):
    """A file of a kind that the account may import, refused by size and format before it is opened."""

    kind = forms.ChoiceField(label=_("Kind of file"))
    file = forms.FileField(
        label=_("File"),
        help_text=_(".csv, .xlsx, .xls or .ods"),
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {kind.code: kind for kind in kinds_for(user)}
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(code, kind.title) for code, kind in self.kinds.items()]

    def clean_kind(self) -> Kind:
        """The kind itself."""
        return self.kinds[self.cleaned_data["kind"]]

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
