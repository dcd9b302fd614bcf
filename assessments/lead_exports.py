"""The list of leads as a file."""

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from assessments.presenters.leads import COLUMNS, cells, loaded
from assessments.queries.leads import LeadFilter
from teams.exports import ExportKind, Sheet
from teams.models import User
from teams.permissions import Permission

ROWS_AT_ONCE = 2000


def leads_sheet(user: User, query: str, whole: bool) -> Sheet:
    """Leads of the list with those filters, in all columns; it names no residents, whole or not."""
    found = LeadFilter(QueryDict(query), user=user).qs
    codes = [column.code for column in COLUMNS]
    rows = loaded().filter(pk__in=found.values("pk")).order_by("-weight", "institution__code", "pk")
    lines = (cells(lead) for lead in rows.iterator(chunk_size=ROWS_AT_ONCE))
    return Sheet(
        total=found.count(),
        header=[str(column.label) for column in COLUMNS],
        rows=([line[code].value for code in codes] for line in lines),
    )


LEADS = ExportKind("leads", _("Leads"), Permission.SUPERVISION_READ, leads_sheet)
