"""The fee desk and the statement of fees."""

from io import BytesIO
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contracts.fee_exports import statement_sheet
from contracts.forms.fees import DeskForm, StatementForm
from contracts.presenters.fees import SUMS, desk_rows, statement_rows, sum_cells
from contracts.queries.fee_desk import desk, fees_counted
from contracts.queries.statements import Grouping, Line, people_statement, scope_of, statement
from service_packages.models import Payer
from teams.actions import audit
from teams.clock import today
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.policy import policy_on
from teams.workbooks import write_rows

A_PAGE = 50
# Each with a line for every member and payer.
CONTRACTS_A_PAGE = 20


@require_safe
@never_cache
@require(Permission.FEE_READ)
def fee_list(request: SignedInRequest) -> HttpResponse:
    """Who still owes, the longest first; whoever sees no people sees the statement."""
    if not request.user.scope.identities:
        return redirect("contracts:fee_statement")
    form, day = DeskForm(request.user, request.GET), today()
    policy = policy_on(day)
    number = _page_number(request)
    asked = form.teams, form.asked_payer, form.asked_standing, day, policy
    found = desk(*asked, limit=A_PAGE, offset=A_PAGE * (number - 1))
    if not found.lines and number > 1:
        number, found = 1, desk(*asked, limit=A_PAGE)
    page = Paginator(range(found.count), A_PAGE).get_page(number)
    audit.record(kind=AuditEvent.Kind.PEOPLE, by=request.user, what=f"fees page {page.number}")
    context = {
        "form": form,
        "day": day,
        "page": page,
        "rows": desk_rows(found.lines, day, policy["fee_overdue_days"]),
        "open": found.open,
        "back": found.refundable,
        "count": fees_counted(day),
        "overdue_days": policy["fee_overdue_days"],
        "payer": Payer(form.asked_payer).label if form.asked_payer != Payer.RESIDENT else "",
        "may_edit": has_permission(request.user, Permission.FEE_EDIT),
        "may_record": has_permission(request.user, Permission.FEE_PAYMENT),
        "query": form.address,
    }
    return render(request, "contracts/fee_list.html", context)


@require_safe
@never_cache
@require(Permission.FEE_READ)
def fee_statement(request: SignedInRequest) -> HttpResponse:
    """What was owed, received, waived and given back in a period, to the cent; each line opens what it holds."""
    form = StatementForm(request.user, request.GET, day=today())
    lines, total, page = _statement(request, form)
    with_people = request.user.scope.identities
    rows = statement_rows(lines, form.grouping, form.address_fields, with_people=with_people)
    *cells, total_cells = sum_cells([*lines, total])
    if form.grouping is Grouping.COVERAGE:
        audit.record(kind=AuditEvent.Kind.PEOPLE, by=request.user, what="fee statement by person")
    context = {
        "form": form,
        "rows": [row | {"cells": each} for row, each in zip(rows, cells, strict=True)],
        "heads": [label for label, _name in SUMS],
        "total": total,
        "total_cells": total_cells,
        "page": page,
        "heading": Grouping(form.grouping).label,
        "with_people": with_people,
        "count": None if form.grouping is Grouping.COVERAGE else fees_counted(today()),
        "is_personal": form.grouping is Grouping.COVERAGE,
        "query": form.address,
    }
    return render(request, "contracts/fee_statement.html", context)


@require_safe
@never_cache
@require(Permission.FEE_READ)
def fee_statement_file(request: SignedInRequest) -> FileResponse:
    """The statement's sums as a spreadsheet, for an auditor too; lines of people are asked for as an export."""
    asked = request.GET.copy()
    if asked.get("by") == Grouping.COVERAGE:
        asked["by"] = Grouping.TEAM.value
    sheet = statement_sheet(request.user, asked.urlencode(), False)
    file = BytesIO()
    write_rows(file, sheet.header, sheet.rows, format="xlsx")
    file.seek(0)
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what="fee statement")
    return FileResponse(file, as_attachment=True, filename=f"fee-statement-{today()}.xlsx")


def _statement(request: SignedInRequest, form: StatementForm) -> tuple[list[Line], Line, Page]:
    """The page's lines, the total over all pages, and the page."""
    scope = scope_of(request.user, **form.scope)
    number = _page_number(request)
    if form.grouping is Grouping.COVERAGE:
        lines, count = people_statement(scope, limit=CONTRACTS_A_PAGE, offset=CONTRACTS_A_PAGE * (number - 1))
        total = Line.total(statement(scope, Grouping.PAYER)[0])
        return lines, total, Paginator(range(count), CONTRACTS_A_PAGE).get_page(number)
    lines, _count = statement(scope, form.grouping)
    parts: Any = statement(scope, Grouping.PAYER)[0] if form.grouping is Grouping.MONTH else lines
    return lines, Line.total(parts), Paginator(range(len(lines)), max(len(lines), 1)).get_page(1)


def _page_number(request: SignedInRequest) -> int:
    asked = request.GET.get("page", "")
    return max(int(asked), 1) if asked.isdecimal() and 0 < len(asked) < 6 else 1
