"""Pages of the catalogue as a whole: the next year's, and the files."""

import io
from decimal import Decimal
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from service_packages import queries
from service_packages.actions import years
from service_packages.forms import YearForm
from service_packages.imports import PACKAGES, PAYER_SHARES
from service_packages.models import PackageVersion
from teams.actions import audit
from teams.actions.submissions import fresh_key
from teams.attempts import sent
from teams.clock import today
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, require
from teams.rules import RuleViolation
from teams.workbooks import write_rows

# Kind -> its rows and the positions of codes and names, which stay texts.
FILES = {
    PACKAGES.code: (PACKAGES, queries.package_rows, {0, 1, 2, 3, 5, 6, 7, 10}),
    PAYER_SHARES.code: (PAYER_SHARES, queries.share_rows, {0, 1, 2}),
}


@require_http_methods(["GET", "POST"])
@require(Permission.CATALOGUE_EDIT)
def year_copy(request: SignedInRequest) -> HttpResponse:
    """Drafts for a new year with other prices: the form, with what it would make; then the making."""
    if "show" in request.POST:
        # Not sent as GET by the form itself: its token would stand in the address.
        asked = {name: request.POST.get(name, "") for name in YearForm.base_fields}
        return redirect(f"{request.path}?{urlencode(asked)}")
    typed = request.POST if request.method == "POST" else request.GET if "year" in request.GET else None
    form = YearForm(typed, initial={"year": today().year + 1, "percent": Decimal(0)})
    is_valid = form.is_bound and form.is_valid()
    if response := sent(request, form, lambda: _copied(request, form)):
        return response
    changes = list(years.changes(form.cleaned_data["percent"])) if is_valid else []
    key = request.POST.get("submission") or fresh_key()
    context = {"form": form, "changes": changes, "submission": key, "is_shown": is_valid}
    return render(request, "service_packages/year_copy.html", context)


@require_POST
@require(Permission.CATALOGUE_EDIT)
def year_publish(request: SignedInRequest) -> HttpResponse:
    """Publish every draft of a year, or none."""
    typed = request.POST.get("year", "")
    try:
        number = years.publish_year(year=int(typed) if typed.isdecimal() else 0, by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Packages of %(year)s offered from now on: %(number)d.") % {"number": number, "year": typed}
        )
    return redirect("service_packages:package_list")


@require_safe
@require(Permission.CATALOGUE_READ)
def catalogue_file(request: SignedInRequest, kind: str) -> FileResponse:
    """The packages in use, or their payers, as the file that imports read."""
    if kind not in FILES:
        raise Http404
    known, rows, texts = FILES[kind]
    shown = queries.versions(request.user).filter(status=PackageVersion.Status.PUBLISHED)
    file = io.BytesIO()
    header = [column.label for column in known.columns]
    write_rows(file, header, rows(shown), format="xlsx", text_columns=texts)
    file.seek(0)
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"catalogue {kind}")
    return FileResponse(file, as_attachment=True, filename=f"{kind}.xlsx")


def _copied(request: SignedInRequest, form: YearForm) -> str:
    year = form.cleaned_data["year"]
    made = years.copy_year(year=year, percent=form.cleaned_data["percent"], by=request.user)
    messages.success(
        request,
        _("Drafts of %(year)d made: %(number)d. Look at them, then publish.") % {"number": len(made), "year": year},
    )
    return f"{reverse('service_packages:package_list')}?status=draft&year={year}"
