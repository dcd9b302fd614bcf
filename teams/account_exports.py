"""The list of accounts as a file."""

from collections.abc import Iterator
from itertools import islice

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from teams.exports import ExportKind, Sheet
from teams.models import User
from teams.permissions import Permission
from teams.presenters.accounts import COLUMNS, cells, loaded
from teams.queries.accounts import AccountFilter, locked

ROWS_AT_ONCE = 2000
# The next step leads to a page, which a file has not.
CODES = [column.code for column in COLUMNS if column.code != "hint"]
TEXTS = frozenset({CODES.index("username"), CODES.index("staff")})


def accounts_sheet(user: User, query: str, whole: bool) -> Sheet:
    """Accounts of the list with those filters; they hold no numbers of people, whole or not."""
    found = AccountFilter(QueryDict(query), user=user).qs
    header = [str(column.label) for column in COLUMNS if column.code in CODES]
    rows = loaded().filter(pk__in=found.values("pk")).order_by("username").iterator(chunk_size=ROWS_AT_ONCE)
    return Sheet(found.count(), header, _lines(rows), text_columns=TEXTS)


def _lines(accounts: Iterator[User]) -> Iterator[list[object]]:
    while chunk := list(islice(accounts, ROWS_AT_ONCE)):
        closed_out = locked(chunk)
        for account in chunk:
            line = cells(account, closed_out)
            yield [line[code].value for code in CODES]


ACCOUNTS = ExportKind("accounts", _("Accounts"), Permission.ACCOUNT_EDIT, accounts_sheet, has_people=False)
