"""The list of leads, and the results of a sample, as files."""

from django.http import Http404, QueryDict
from django.utils.translation import gettext_lazy as _

from assessments.models import Sample
from assessments.presenters import samples
from assessments.presenters.leads import COLUMNS, cells, loaded
from assessments.queries.leads import LeadFilter
from assessments.queries.samples import results
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


def sample_sheet(user: User, query: str, whole: bool) -> Sheet:
    """The results of the sample that the query names, table below table; it names nobody."""
    asked = QueryDict(query).get("sample", "")
    sample = Sample.objects.visible_to(user).defer("frame").filter(pk=asked if asked.isdecimal() else 0).first()
    if sample is None:
        raise Http404
    tables = samples.tables(results(sample, user))
    rows = [[table["title"], *row] for table in tables for row in table["rows"]]
    return Sheet(len(rows), [str(_("Table")), *(str(head) for head in samples.HEADS)], iter(rows))


LEADS = ExportKind("leads", _("Leads"), Permission.SUPERVISION_READ, leads_sheet, has_people=False)
SAMPLE = ExportKind("sample", _("Results of a sample"), Permission.SUPERVISION_READ, sample_sheet, has_people=False)
