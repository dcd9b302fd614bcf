"""Statements, the people behind them, and the payment file."""

from io import BytesIO

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.calendar import CalendarMonth
from assessments.forms.people import asked_basis
from assessments.models import Line, Round, Share
from assessments.people_exports import BASIS_PEOPLE
from assessments.presenters.money import line_name
from assessments.presenters.payments import payment_heads, payment_lines
from assessments.presenters.people import basis_person
from assessments.presenters.statement import statement_context, steps
from assessments.tables import count_text
from teams.actions import audit
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.workbooks import write_rows

PEOPLE_A_PAGE = 100
PAYMENT_WIDTHS = (16, 18, 30, 14, 26, 12, 30, 14, 18, 36)


@require_safe
@require(Permission.MONEY_READ)
def statement(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a team or institution gets and why, to read and to print."""
    line = _line(request, pk)
    sees_people = has_permission(request.user, Permission.PEOPLE_READ)
    context = statement_context(line, _shares(request, line), sees_people=sees_people)
    return render(request, "assessments/statement.html", context)


@require_safe
@require(Permission.MONEY_READ)
def statement_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The statement as a spreadsheet."""
    line = _line(request, pk)
    shares = [
        (f"{share.staff.staff_no} {share.staff.name}", str(share.get_job_display()), share.amount)
        for share in _shares(request, line)
    ]
    file = BytesIO()
    head = (line_name(line), _("How it is reckoned"), _("Yuan"))
    write_rows(file, head, [*steps(line), *shares], format="xlsx", widths=(26, 60, 16))
    file.seek(0)
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"statement {line.round} {line.code}")
    return FileResponse(file, as_attachment=True, filename=f"statement-{line.code}.xlsx")


@require_safe
@require(Permission.PEOPLE_READ)
def statement_people(request: SignedInRequest, pk: int) -> HttpResponse:
    """Whom a line's basis counts in a frozen month, masked; each look is recorded."""
    line = _line(request, pk)
    month = request.GET.get("month", "")
    page = Paginator(asked_basis(request.user, line, month), PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    audit.record(kind=AuditEvent.Kind.PEOPLE, by=request.user, what=f"statement {line.round} {line.code} {month}")
    context = {
        "line": line,
        "name": line_name(line),
        "month": CalendarMonth.parse(month),
        "months": [CalendarMonth.parse(each) for each in line.inputs["months"]],
        "page": page,
        "people": [basis_person(row) for row in page.object_list],
        "total_text": count_text(page.paginator.count),
        "file": f"{reverse('teams:export_new', args=[BASIS_PEOPLE.code])}?line={line.pk}&month={month}",
    }
    return render(request, "assessments/statement_people.html", context)


@require_safe
@require(Permission.MONEY_EDIT)
def payment_file(request: SignedInRequest, pk: int, format: str) -> FileResponse:
    """Who is to be paid how much, for the finance office; the last row is the sum."""
    row = get_object_or_404(Round.objects.visible_to(request.user).filter(state__in=Round.DECIDED), pk=pk)
    if format not in ("csv", "xlsx"):
        raise Http404
    file = BytesIO()
    write_rows(
        file,
        payment_heads(),
        payment_lines(row),
        format=format,  # type: ignore[arg-type]
        text_columns={1, 3, 5},
        sheet=_("Payment file"),
        widths=PAYMENT_WIDTHS,
    )
    file.seek(0)
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"payments {row}")
    return FileResponse(file, as_attachment=True, filename=f"payments-{row.pk}-{row.stage}.{format}")


def _line(request: SignedInRequest, pk: int) -> Line:
    rows = (
        Line.objects.visible_to(request.user)
        .with_debts()
        .select_related("round__run__fund", "round__run__version", "round__cycle", "team", "institution")
    )
    return get_object_or_404(rows.prefetch_related("round__run__version__payers"), pk=pk)


def _shares(request: SignedInRequest, line: Line) -> list[Share]:
    return list(Share.objects.visible_to(request.user).filter(line=line).select_related("staff"))
