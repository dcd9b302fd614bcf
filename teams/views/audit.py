"""The audit trail: who looked at what, exported, signed in, was refused; its lines as a file; whether it is whole."""

from collections.abc import Iterable, Iterator
from io import BytesIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from teams.actions import audit
from teams.clock import today
from teams.forms import AuditFilter
from teams.lists import ROWS_AT_MOST
from teams.models import AuditEvent, User
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.trail import in_words
from teams.workbooks import write_rows

A_PAGE = 100
# A file of more lines is slow to write and nobody reads it: a narrower period is asked for.
IN_A_FILE = 10_000


@require_safe
@never_cache
@require(Permission.LOG_READ)
def audit_list(request: SignedInRequest) -> HttpResponse:
    """The latest lines that the filters let through, at most ROWS_AT_MOST of them."""
    chosen = _chosen(request)
    page = Paginator(chosen.qs[:ROWS_AT_MOST], A_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "page": page,
        "rows": _told(page),
        "is_more": page.paginator.count >= ROWS_AT_MOST,
        "may_verify": request.user.scope.is_district,
        "may_open_samples": has_permission(request.user, Permission.SAMPLE_READ),
    }
    return render(request, "teams/audit_list.html", context)


@require_safe
@never_cache
@require(Permission.LOG_READ)
def audit_file(request: SignedInRequest) -> HttpResponse | FileResponse:
    """The same lines as .xlsx, with their hashes; too many of them are asked to be narrowed."""
    rows = _chosen(request).qs
    if len(rows.values_list("pk")[: IN_A_FILE + 1]) > IN_A_FILE:
        messages.error(request, _("More than 10,000 lines: choose a shorter period or an account, then export."))
        return redirect(f"{request.path.removesuffix('audit.xlsx')}?{request.META.get('QUERY_STRING', '')}")
    file = BytesIO()
    write_rows(file, _header(), _lines(rows.iterator(chunk_size=2000)), format="xlsx", text_columns={2, 4})
    file.seek(0)
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what="audit trail")
    return FileResponse(file, as_attachment=True, filename=f"audit-{today():%Y%m%d}.xlsx")


@require_POST
@require(Permission.LOG_READ)
def audit_verify(request: SignedInRequest) -> HttpResponse:
    """Work the chain of hashes out again, from the first line to the last; for accounts of the whole district."""
    if not request.user.scope.is_district:
        messages.error(request, _("Only an account of the bureau can check the whole trail."))
        return redirect("teams:audit_list")
    broken = audit.verify_chain()
    last = AuditEvent.objects.order_by("-id").first()
    if broken is None and last:
        told = _("The trail is whole. Lines: %(count)s. Head, to be noted outside: %(head)s")
        messages.success(request, told % {"count": f"{AuditEvent.objects.count():,}", "head": last.sha256})
    else:
        told = _("Line %(id)s doesn't follow from the one before: a line was changed or removed.")
        messages.error(request, told % {"id": broken})
    verdict = "whole" if broken is None else f"broken at {broken}"
    audit.record(kind=AuditEvent.Kind.VERIFY, by=request.user, what=f"audit trail {verdict}")
    return redirect("teams:audit_list")


def _chosen(request: SignedInRequest) -> AuditFilter:
    chosen = AuditFilter(request.GET, queryset=AuditEvent.objects.visible_to(request.user).order_by("-id"))
    chosen.form.is_valid()
    return chosen


def _told(events: Iterable[AuditEvent]) -> list[tuple[AuditEvent, User | None, str]]:
    """Each line with the account behind it, if there still is one, and what it says in words."""
    lines = list(events)
    accounts = User.objects.select_related("institution").in_bulk({line.user_id for line in lines if line.user_id})
    return [(line, accounts.get(line.user_id), in_words(line.what)) for line in lines]


def _header() -> list[str]:
    return [
        _("No."),
        _("Time"),
        _("User name"),
        _("Kind of action"),
        _("Network address"),
        _("What"),
        _("Reason"),
        _("What, as it is kept"),
        _("Hash of the line"),
    ]


def _lines(events: Iterable[AuditEvent]) -> Iterator[list[object]]:
    for event in events:
        yield [
            event.pk,
            event.at,
            event.username,
            str(event.get_kind_display()),
            event.address or "",
            in_words(event.what),
            event.reason,
            event.what,
            event.sha256,
        ]
