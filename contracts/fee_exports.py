"""Open fees and the statement of fees as files."""

from collections.abc import Iterator, Sequence

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.forms.fees import DeskForm, StatementForm
from contracts.presenters.fees import SUMS, desk_rows, statement_rows
from contracts.queries.fee_desk import DeskLine, desk
from contracts.queries.statements import Grouping, Line, Scope, scope_of, statement
from service_packages.models import Payer
from teams.clock import today
from teams.exports import ExportKind, Sheet
from teams.models import User
from teams.permissions import Permission
from teams.policy import policy_on

ROWS_AT_ONCE = 2000


def fees_sheet(user: User, query: str, whole: bool) -> Sheet:
    """Contracts of the fee desk with those filters."""
    form, day = DeskForm(user, QueryDict(query).dict()), today()
    policy = policy_on(day)
    lines = desk(form.teams, form.asked_payer, form.asked_standing, day, policy).lines
    header = [
        _("Household"),
        _("Payer"),
        _("Open ¥"),
        _("Open since"),
        _("To be given back ¥"),
        _("Team"),
        _("Contract number"),
        _("Phone"),
    ]
    payer = str(Payer(form.asked_payer).label)
    rows = _desk_rows(lines, payer, policy["fee_overdue_days"], whole=whole)
    return Sheet(len(lines), header, rows, text_columns={6, 7})


def _desk_rows(lines: Sequence[DeskLine], payer: str, overdue_days: int, *, whole: bool) -> Iterator[list[object]]:
    for start in range(0, len(lines), ROWS_AT_ONCE):
        for row in desk_rows(lines[start : start + ROWS_AT_ONCE], today(), overdue_days, whole=whole):
            line = row["line"]
            since = line.since if line.open else None
            yield [row["names"], payer, line.open, since, line.refundable, row["team"], line.number, row["phone"]]


def statement_sheet(user: User, query: str, whole: bool) -> Sheet:
    """The statement with those filters; its last line is the total."""
    form = StatementForm(user, QueryDict(query).dict(), day=today())
    scope, by = scope_of(user, **form.scope), form.grouping
    count = statement(scope, by, limit=1)[1]
    header = [str(by.label), *(str(label) for label, _name in SUMS)]
    return Sheet(count + 1, header, _statement_rows(scope, by, count))


def _statement_rows(scope: Scope, by: Grouping, count: int) -> Iterator[list[object]]:
    for start in range(0, count, ROWS_AT_ONCE):
        lines, _count = statement(scope, by, limit=ROWS_AT_ONCE, offset=start)
        for row in statement_rows(lines, by, {}, with_people=False):
            yield [row["label"], *_sums(row["line"])]
    yield [_("Total"), *_sums(Line.total(statement(scope, Grouping.PAYER)[0]))]


def _sums(line: Line) -> list[object]:
    return [getattr(line, name) for _label, name in SUMS]


FEES = ExportKind("fees", gettext_lazy("Open fees"), Permission.FEE_READ, fees_sheet)
FEE_STATEMENT = ExportKind("fee_statement", gettext_lazy("Statement of fees"), Permission.FEE_READ, statement_sheet)
